-- So that one can see how long an effect took and how often it was tried: when the first try began, and how many there were.
-- NULL: before there was this column, or taken in together with others at `handled_at`.
ALTER TABLE messaging.inbox ADD COLUMN begun_at timestamptz;
ALTER TABLE messaging.inbox ADD COLUMN attempts int NOT NULL DEFAULT 1 CHECK (attempts > 0);

-- The gate as before, which also notes these two: `_attempts` with this one, the first of them `_ago` ms ago.
CREATE FUNCTION messaging.admit(_grp text, _topic text, _key text, _sequence bigint, _event uuid, _parked uuid, _forced boolean, _attempts int, _ago float8,
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
    INSERT INTO messaging.inbox (grp, event_id, begun_at, attempts)
    VALUES (_grp, _event, clock_timestamp() - _ago * interval '1 ms', _attempts) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN verdict := 'duplicate'; END IF;
  END IF;
  INSERT INTO messaging.mark AS m (grp, topic, key, last) VALUES (_grp, _topic, _key, _sequence)
  ON CONFLICT (grp, topic, key) DO UPDATE SET last = excluded.last WHERE m.last IS NULL OR m.last < excluded.last;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'another member has settled %/% at the same time', _topic, _key USING ERRCODE = 'serialization_failure';
  END IF;
END $$;

-- Called by processes of the version before, while an upgrade is under way.
CREATE OR REPLACE FUNCTION messaging.admit(_grp text, _topic text, _key text, _sequence bigint, _event uuid, _parked uuid, _forced boolean,
                                           OUT verdict text, OUT previous bigint, OUT held boolean)
LANGUAGE plpgsql AS $$
BEGIN
  SELECT a.verdict, a.previous, a.held INTO verdict, previous, held FROM messaging.admit(_grp, _topic, _key, _sequence, _event, _parked, _forced, 1, NULL) a;
END $$;
