CREATE SCHEMA IF NOT EXISTS platform;

-- One row per (who, key): the answer that a repeat of the request gets, byte for byte. Written in the effect's own transaction.
CREATE TABLE platform.idempotency_key (
  principal    text NOT NULL,
  key          text NOT NULL,
  request_hash bytea NOT NULL,
  -- 'reply': the message that was answered; 'problem': the refusal. json, not jsonb: the order of members is part of the answer.
  kind         text NOT NULL CHECK (kind IN ('reply', 'problem')),
  outcome      json NOT NULL,
  request_id   text NOT NULL,
  created_at   timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (principal, key)
);
CREATE INDEX idempotency_key_created_at ON platform.idempotency_key (created_at);
