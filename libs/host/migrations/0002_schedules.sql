-- What a service does again and again by itself: one row per name, written by whichever replica ran it last.
CREATE TABLE platform.schedule (
  name           text PRIMARY KEY,
  every_ms       bigint NOT NULL,
  last_run_at    timestamptz,
  last_ms        integer,
  last_error     text,
  next_run_at    timestamptz NOT NULL DEFAULT now(),
  -- Asked for by an operator; over once a run has begun after it.
  wanted_at      timestamptz,
  paused_at      timestamptz,
  -- Who steered it last, and why.
  steered_by     text,
  steered_because text
);
