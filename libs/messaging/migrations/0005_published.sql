-- So that one can see for as long as the inbox is kept what was published of a key: rows of the outbox are forgotten an hour after they were
-- published, and leave this behind. Written by pruning alone, so nobody who shops waits for it.
CREATE TABLE messaging.published (
  event_id     uuid        PRIMARY KEY, -- a UUIDv7: what is too old is found by the time inside it
  key          text        NOT NULL,
  type         text        NOT NULL,
  created_at   timestamptz NOT NULL,
  published_at timestamptz NOT NULL
);
CREATE INDEX published_of_key ON messaging.published (key, event_id);
