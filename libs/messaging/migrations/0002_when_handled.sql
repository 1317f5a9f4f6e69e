-- So that one can see how long an event was under way: when a group took it in, and what was published of a key.
-- The time is the one of taking it in for good; of an effect outside the database, of settling it. NULL: before there was this column.
ALTER TABLE messaging.inbox ADD COLUMN handled_at timestamptz;
ALTER TABLE messaging.inbox ALTER COLUMN handled_at SET DEFAULT clock_timestamp();
CREATE INDEX outbox_of_key ON messaging.outbox (key, id);
