-- Work that a user waits for, done by competing workers of the service that owns it.
CREATE TABLE platform.job (
  id         uuid PRIMARY KEY,
  -- What is done, e.g. 'invoice'.
  kind       text NOT NULL,
  -- Whose it is, as a public id; null: staff's.
  owner_id   text,
  state      text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
  progress   smallint NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 100),
  result     jsonb,
  failure    text,
  -- Rises with every change, so a follower knows what it has seen.
  version    integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  started_at timestamptz,
  changed_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX job_open ON platform.job (changed_at) WHERE state IN ('queued', 'running');
CREATE INDEX job_ended ON platform.job (changed_at) WHERE state IN ('done', 'failed', 'cancelled');
