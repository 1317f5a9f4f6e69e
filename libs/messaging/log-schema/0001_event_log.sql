-- The embedded event log. Offsets are gapless and in commit order, because an append raises its partition's counter row and
-- writes the records in one statement: a reader needs nothing but "offset" >= position.

CREATE TABLE IF NOT EXISTS part (
  id             int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  topic          text NOT NULL,
  n              int NOT NULL CHECK (n >= 0),
  retention_days int NOT NULL CHECK (retention_days > 0),
  first_offset   bigint NOT NULL DEFAULT 0,
  next_offset    bigint NOT NULL DEFAULT 0 CHECK (next_offset >= first_offset),
  UNIQUE (topic, n)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);

-- headers: a JSON object of texts, as text. value NULL: a tombstone. No other index: a time is found by binary search over offsets.
CREATE TABLE IF NOT EXISTS rec (
  part     int NOT NULL,
  "offset" bigint NOT NULL,
  ts       timestamptz NOT NULL,
  key      text,
  headers  text NOT NULL,
  value    text,
  PRIMARY KEY (part, "offset")
);
-- No compression: pglz costs more CPU than the bytes are worth.
ALTER TABLE rec ALTER value SET STORAGE EXTERNAL, ALTER headers SET STORAGE EXTERNAL;

-- A member is alive while its session holds the advisory lock (7401, id).
CREATE SEQUENCE IF NOT EXISTS member_id AS int CYCLE;
CREATE TABLE IF NOT EXISTS member (
  grp    text NOT NULL,
  id     int NOT NULL,
  topics text[] NOT NULL,
  PRIMARY KEY (grp, id)
);

-- Who holds a partition for a group, and how far the group has come. Every change compares the epoch.
CREATE TABLE IF NOT EXISTS claim (
  grp       text NOT NULL,
  part      int NOT NULL,
  member    int,
  epoch     bigint NOT NULL DEFAULT 0,
  committed bigint NOT NULL DEFAULT 0 CHECK (committed >= 0),
  PRIMARY KEY (grp, part)
) WITH (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);

-- Creates the topic unless it is there; answers how many partitions it has. The lock keeps two creators from mixing their counts.
CREATE OR REPLACE FUNCTION log_ensure_topic(_topic text, _partitions int, _retention_days int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE found int;
BEGIN
  PERFORM set_config('synchronous_commit', 'on', true);
  PERFORM pg_advisory_xact_lock(7400, 0);
  INSERT INTO part (topic, n, retention_days)
    SELECT _topic, n, _retention_days FROM generate_series(0, _partitions - 1) AS n
    WHERE NOT EXISTS (SELECT FROM part WHERE topic = _topic);
  SELECT count(*) INTO found FROM part WHERE topic = _topic;
  RETURN found;
END $$;

-- Appends and answers the first offset per partition. _p, _n: touched partitions, ascending (else appends deadlock), and how many
-- records each gets; per record _i: index into _p, _o: rank inside it. set_config, because a function's own SET ends before the commit.
CREATE OR REPLACE FUNCTION log_append(_durable bool, _p int[], _n int[], _i int[], _o int[], _k text[], _h text[], _v text[])
RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE base bigint[] := '{}'; b bigint;
BEGIN
  IF _durable THEN PERFORM set_config('synchronous_commit', 'on', true); END IF;
  FOR i IN 1 .. cardinality(_p) LOOP
    UPDATE part SET next_offset = next_offset + _n[i] WHERE id = _p[i] RETURNING next_offset - _n[i] INTO STRICT b;
    base := base || b;
  END LOOP;
  INSERT INTO rec (part, "offset", ts, key, headers, value)
    SELECT _p[x.i], base[x.i] + x.o, clock_timestamp(), x.k, x.h, x.v FROM unnest(_i, _o, _k, _h, _v) AS x(i, o, k, h, v);
  RETURN base;
END $$;

-- The first offset whose time is not before _time, else the end: a binary search, as offsets are gapless and ts rises with them.
CREATE OR REPLACE FUNCTION log_offset_at(_part int, _time timestamptz) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE low bigint; high bigint; middle bigint; at timestamptz;
BEGIN
  SELECT first_offset, next_offset INTO STRICT low, high FROM part WHERE id = _part;
  WHILE low < high LOOP
    middle := (low + high) / 2;
    SELECT ts INTO at FROM rec WHERE part = _part AND "offset" = middle;
    IF at IS NULL OR at < _time THEN low := middle + 1; ELSE high := middle; END IF;
  END LOOP;
  RETURN low;
END $$;
