-- The gate for many messages at once, each of another key: those that are clearly next are taken in (inbox rows and marks, one statement
-- each), and the answer says which. Everything else (a repetition, a hole, a key with parked messages) is left to `messaging.admit`.
-- Marks are locked in one order, so that two members with batches of the same keys wait for each other instead of dying of it.
CREATE FUNCTION messaging.admit_many(_grp text, _topics text[], _keys text[], _sequences bigint[], _events uuid[]) RETURNS boolean[]
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE _clear int[]; _taken uuid[]; _marked int; _applied boolean[];
BEGIN
  PERFORM FROM messaging.mark m JOIN unnest(_topics, _keys) v(topic, key) ON m.topic = v.topic AND m.key = v.key
   WHERE m.grp = _grp ORDER BY m.topic, m.key FOR UPDATE OF m;
  SELECT array_agg(rank ORDER BY topic, key) INTO _clear
    FROM unnest(_topics, _keys, _sequences) WITH ORDINALITY v(topic, key, sequence, rank)
   WHERE sequence = coalesce((SELECT m.last FROM messaging.mark m WHERE m.grp = _grp AND m.topic = v.topic AND m.key = v.key) + 1, sequence)
     AND NOT EXISTS (SELECT FROM messaging.parked p WHERE p.grp = _grp AND p.topic = v.topic AND p.key = v.key AND p.status IN ('open', 'dead'));
  WITH taken AS (INSERT INTO messaging.inbox (grp, event_id) SELECT _grp, _events[rank] FROM unnest(_clear) rank ON CONFLICT DO NOTHING RETURNING event_id)
  SELECT array_agg(event_id) INTO _taken FROM taken;
  SELECT array_agg(coalesce(_events[rank] = ANY(_taken), false) ORDER BY rank) INTO _applied FROM generate_subscripts(_events, 1) rank;
  INSERT INTO messaging.mark AS m (grp, topic, key, last)
  SELECT _grp, _topics[rank], _keys[rank], _sequences[rank] FROM unnest(_clear) WITH ORDINALITY c(rank, n) WHERE _applied[rank] ORDER BY n
  ON CONFLICT (grp, topic, key) DO UPDATE SET last = excluded.last WHERE m.last IS NULL OR m.last < excluded.last;
  GET DIAGNOSTICS _marked = ROW_COUNT;
  IF _marked <> coalesce(cardinality(_taken), 0) THEN
    RAISE EXCEPTION 'another member has settled a message of this batch at the same time' USING ERRCODE = 'serialization_failure';
  END IF;
  RETURN _applied;
END $$;
