-- What every service keeps in its own database so that no fact is lost, doubled or overtaken.

CREATE SCHEMA IF NOT EXISTS messaging;

-- Sequence last given out per (topic, key). The row lock taken by `enqueue` makes commit order = sequence.
CREATE TABLE messaging.counter (
  topic text   NOT NULL,
  key   text   NOT NULL,
  last  bigint NOT NULL CHECK (last > 0),
  PRIMARY KEY (topic, key)
) WITH (fillfactor = 70);

-- The way out. Rows are selected by status, never by an id cursor: a higher id may commit first. Within one (topic, key) ids rise with
-- the sequence, because the id is drawn while the counter row is locked.
CREATE TABLE messaging.outbox (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  topic        text        NOT NULL,
  key          text        NOT NULL,
  sequence     bigint      NOT NULL CHECK (sequence > 0),
  headers      text        NOT NULL,
  payload      text        NOT NULL,
  created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  published_at timestamptz,
  refused      text, -- why the log will never take it; an operator has to look
  CHECK (published_at IS NULL OR refused IS NULL)
);
CREATE INDEX outbox_pending ON messaging.outbox (id) WHERE published_at IS NULL AND refused IS NULL;
CREATE INDEX outbox_refused ON messaging.outbox (id) WHERE refused IS NOT NULL;
ALTER TABLE messaging.outbox SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);

-- Events a group has taken in. Pruned after 14 days by the time inside the UUIDv7; the mark goes on for ever.
CREATE TABLE messaging.inbox (
  grp      text NOT NULL,
  event_id uuid NOT NULL,
  PRIMARY KEY (grp, event_id)
);

-- High-water mark: the last sequence a group has settled (handled, ignored or skipped). NULL: the key is known, nothing is settled yet.
CREATE TABLE messaging.mark (
  grp   text NOT NULL,
  topic text NOT NULL,
  key   text NOT NULL,
  last  bigint,
  PRIMARY KEY (grp, topic, key)
) WITH (fillfactor = 70);

-- Messages set aside. `open` and `dead` hold their key: every later message of it waits here too, in order. Only the head of a key has
-- `next_at`. A record without a sequence (not one of ours) holds nothing.
CREATE TABLE messaging.parked (
  id              uuid        PRIMARY KEY,
  position        bigint      GENERATED ALWAYS AS IDENTITY UNIQUE,
  grp             text        NOT NULL,
  topic           text        NOT NULL,
  partition       int         NOT NULL,
  "offset"        bigint      NOT NULL,
  key             text,
  sequence        bigint,
  type            text,
  identity        text        NOT NULL, -- the event id, or place and digest of a record that has none
  headers         jsonb       NOT NULL,
  payload         text,
  encoding        text        NOT NULL CHECK (encoding IN ('text', 'base64')),
  recorded_at     timestamptz NOT NULL,
  class           text        NOT NULL CHECK (class IN ('invalid', 'poison', 'transient', 'gap', 'behind')),
  reason          text        NOT NULL,
  attempts        int         NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  rounds          int         NOT NULL DEFAULT 0 CHECK (rounds >= 0), -- scheduled retries since it was parked or replayed by hand
  tries           jsonb       NOT NULL DEFAULT '[]',
  first_failed_at timestamptz NOT NULL DEFAULT now(),
  next_at         timestamptz,
  status          text        NOT NULL CHECK (status IN ('open', 'dead', 'replayed', 'discarded')),
  forced          boolean     NOT NULL DEFAULT false, -- an operator vouches for the hole before it
  closed_at       timestamptz,
  UNIQUE (grp, identity),
  CHECK (sequence IS NULL OR key IS NOT NULL),
  CHECK (next_at IS NULL OR status = 'open'),
  CHECK ((status IN ('replayed', 'discarded')) = (closed_at IS NOT NULL))
);
CREATE INDEX parked_of_key ON messaging.parked (grp, topic, key, sequence) WHERE status IN ('open', 'dead');
CREATE INDEX parked_due ON messaging.parked (grp, next_at) WHERE next_at IS NOT NULL;

-- What operators did to dead letters.
CREATE TABLE messaging.audit (
  id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at          timestamptz NOT NULL DEFAULT now(),
  actor       text        NOT NULL,
  action      text        NOT NULL CHECK (action IN ('replay', 'discard')),
  dead_letter uuid        NOT NULL,
  detail      text
);

-- The gate: may this message be applied now? With `apply` it has written inbox row and mark; both stand or fall with the caller's
-- transaction. `_event` NULL: only the mark moves (a skipped record). `_parked`: the parked row that is being retried. The mark's row is
-- locked before anything but `duplicate` is said, so that retries of parked rows and live deliveries of one key exclude each other.
CREATE FUNCTION messaging.admit(_grp text, _topic text, _key text, _sequence bigint, _event uuid, _parked uuid, _forced boolean,
                                OUT verdict text, OUT previous bigint, OUT held boolean)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE _first bigint;
BEGIN
  SELECT m.last INTO previous FROM messaging.mark m WHERE m.grp = _grp AND m.topic = _topic AND m.key = _key;
  IF FOUND THEN
    IF previous >= _sequence THEN verdict := 'duplicate'; RETURN; END IF;
    SELECT m.last INTO previous FROM messaging.mark m WHERE m.grp = _grp AND m.topic = _topic AND m.key = _key FOR UPDATE;
    IF previous >= _sequence THEN verdict := 'duplicate'; RETURN; END IF;
  END IF;
  SELECT min(p.sequence) INTO _first FROM messaging.parked p
   WHERE p.grp = _grp AND p.topic = _topic AND p.key = _key AND p.status IN ('open', 'dead') AND p.id IS DISTINCT FROM _parked;
  held := _first IS NOT NULL;
  IF _first <= _sequence THEN verdict := 'behind'; RETURN; END IF;
  IF _sequence > previous + 1 AND NOT _forced THEN verdict := 'gap'; RETURN; END IF;
  verdict := 'apply';
  IF _event IS NOT NULL THEN
    INSERT INTO messaging.inbox (grp, event_id) VALUES (_grp, _event) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN verdict := 'duplicate'; END IF;
  END IF;
  INSERT INTO messaging.mark AS m (grp, topic, key, last) VALUES (_grp, _topic, _key, _sequence)
  ON CONFLICT (grp, topic, key) DO UPDATE SET last = excluded.last WHERE m.last IS NULL OR m.last < excluded.last;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'another member has settled %/% at the same time', _topic, _key USING ERRCODE = 'serialization_failure';
  END IF;
END $$;

-- Takes an `apply` back inside the same transaction: the message was only planned, it is settled later.
CREATE FUNCTION messaging.retract(_grp text, _topic text, _key text, _event uuid, _previous bigint) RETURNS void
BEGIN ATOMIC
  DELETE FROM messaging.inbox WHERE grp = _grp AND event_id = _event;
  UPDATE messaging.mark SET last = _previous WHERE grp = _grp AND topic = _topic AND key = _key;
END;

-- Ends a parked row and makes the next one of its key due.
CREATE FUNCTION messaging.release(_id uuid, _status text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE p messaging.parked;
BEGIN
  UPDATE messaging.parked SET status = _status, closed_at = now(), next_at = NULL WHERE id = _id AND status IN ('open', 'dead') RETURNING * INTO p;
  IF p.sequence IS NULL THEN RETURN; END IF;
  UPDATE messaging.parked SET next_at = now() WHERE status = 'open' AND id = (
    SELECT id FROM messaging.parked WHERE grp = p.grp AND topic = p.topic AND key = p.key AND status IN ('open', 'dead') ORDER BY sequence LIMIT 1);
END $$;

-- Sets a message aside, or says again that it failed. `outcome`: `open` (retried after `_delay_ms`), `behind` (waits for the head of its
-- key), `dead`, or `settled` (somebody has settled it meanwhile: nothing is parked).
CREATE FUNCTION messaging.park(_row jsonb, _delay_ms bigint, OUT outcome text, OUT id uuid)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE p messaging.parked := jsonb_populate_record(NULL::messaging.parked, _row); _last bigint; _behind boolean := false;
BEGIN
  IF p.sequence IS NOT NULL THEN
    INSERT INTO messaging.mark (grp, topic, key) VALUES (p.grp, p.topic, p.key) ON CONFLICT DO NOTHING;
    SELECT m.last INTO _last FROM messaging.mark m WHERE m.grp = p.grp AND m.topic = p.topic AND m.key = p.key FOR UPDATE;
    IF _last >= p.sequence THEN
      PERFORM messaging.release(q.id, 'replayed') FROM messaging.parked q WHERE q.grp = p.grp AND q.identity = p.identity AND q.status IN ('open', 'dead');
      outcome := 'settled'; RETURN;
    END IF;
    _behind := EXISTS (SELECT FROM messaging.parked q WHERE q.grp = p.grp AND q.topic = p.topic AND q.key = p.key
                        AND q.status IN ('open', 'dead') AND q.sequence < p.sequence);
    IF NOT _behind THEN
      UPDATE messaging.parked q SET next_at = NULL
       WHERE q.grp = p.grp AND q.topic = p.topic AND q.key = p.key AND q.status = 'open' AND q.sequence > p.sequence AND q.next_at IS NOT NULL;
    END IF;
  END IF;
  INSERT INTO messaging.parked AS q (id, grp, topic, partition, "offset", key, sequence, type, identity, headers, payload, encoding, recorded_at,
                                     class, reason, attempts, rounds, tries, status, next_at)
  VALUES (p.id, p.grp, p.topic, p.partition, p."offset", p.key, p.sequence, p.type, p.identity, p.headers, p.payload, p.encoding, p.recorded_at,
          p.class, p.reason, p.attempts, p.rounds, p.tries, CASE WHEN _behind THEN 'open' ELSE p.status END,
          CASE WHEN NOT _behind AND p.status = 'open' THEN now() + _delay_ms * interval '1 ms' END)
  ON CONFLICT (grp, identity) DO UPDATE
    SET class = excluded.class, reason = excluded.reason, attempts = q.attempts + excluded.attempts, rounds = excluded.rounds,
        tries = jsonb_path_query_array(q.tries || excluded.tries, '$[last - 19 to last]'), status = excluded.status, next_at = excluded.next_at
    WHERE q.status IN ('open', 'dead') AND q.id = excluded.id -- a redelivery of what is parked already changes nothing
  RETURNING q.id, CASE WHEN _behind THEN 'behind' ELSE q.status END INTO id, outcome;
  outcome := coalesce(outcome, 'settled');
END $$;

-- A late record has filled the hole before a parked one: due at once, also when it was given up.
CREATE FUNCTION messaging.heal(_grp text, _topic text, _key text, _sequence bigint) RETURNS void
BEGIN ATOMIC
  UPDATE messaging.parked SET status = 'open', next_at = now()
   WHERE grp = _grp AND topic = _topic AND key = _key AND sequence = _sequence + 1 AND class = 'gap' AND status IN ('open', 'dead');
END;

-- Gives the head of a key (or a record that holds nothing) up for good. `outcome`: `discarded`, `not-found`, `closed`, `behind` (then `head`).
CREATE FUNCTION messaging.discard(_id uuid, _actor text, _reason text, OUT outcome text, OUT head uuid)
LANGUAGE plpgsql AS $$
DECLARE p messaging.parked;
BEGIN
  SELECT * INTO p FROM messaging.parked WHERE id = _id;
  IF NOT FOUND THEN outcome := 'not-found'; RETURN; END IF;
  IF p.sequence IS NOT NULL THEN
    PERFORM FROM messaging.mark m WHERE m.grp = p.grp AND m.topic = p.topic AND m.key = p.key FOR UPDATE;
    SELECT q.id INTO head FROM messaging.parked q
     WHERE q.grp = p.grp AND q.topic = p.topic AND q.key = p.key AND q.status IN ('open', 'dead') AND q.sequence < p.sequence ORDER BY q.sequence LIMIT 1;
  END IF;
  SELECT * INTO p FROM messaging.parked WHERE id = _id FOR UPDATE;
  IF p.status NOT IN ('open', 'dead') THEN outcome := 'closed'; head := NULL; RETURN; END IF;
  IF head IS NOT NULL THEN outcome := 'behind'; RETURN; END IF;
  UPDATE messaging.mark m SET last = greatest(m.last, p.sequence) WHERE p.sequence IS NOT NULL AND m.grp = p.grp AND m.topic = p.topic AND m.key = p.key;
  PERFORM messaging.release(_id, 'discarded');
  INSERT INTO messaging.audit (actor, action, dead_letter, detail) VALUES (_actor, 'discard', _id, _reason);
  outcome := 'discarded';
END $$;
