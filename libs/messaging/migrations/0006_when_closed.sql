-- What was settled lately is found by its time: the auditor asks for it every minute, and dead letters are kept for a long time.
CREATE INDEX parked_closed ON messaging.parked (closed_at) WHERE closed_at IS NOT NULL;
