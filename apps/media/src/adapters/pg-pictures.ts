import { type Database, sessionOf, type Statement } from '@tandem/kernel';
import { type Picture, type Pictures, stateOf, type StoredRendition } from '../domain/picture.js';

const statement = (name: string, text: string): Statement => ({ name: `media_${name}`, text });

const underWay = `EXISTS (SELECT FROM platform.job j WHERE j.id = p.job_id AND j.state IN ('queued', 'running')) AS "isUnderWay"`;
const columns = `p.id, p.state, p.job_id AS "jobId", ${underWay}, p.source_key AS "sourceKey", p.width, p.height, p.blur_hash AS "blurHash", p.color, p.created_at AS "createdAt",
  (SELECT coalesce(json_agg(json_build_object('width', r.width, 'format', r.format, 'key', r.key, 'sizeBytes', r.size_bytes) ORDER BY r.width, r.format), '[]')
   FROM rendition r WHERE r.picture_id = p.id) AS renditions`;
const find = statement('find', `SELECT ${columns} FROM picture p WHERE p.id = $1`);
const lockSha256 = statement('lock_sha256', 'SELECT pg_advisory_xact_lock(hashtextextended($1, 7411))');
const bySha256 = statement('by_sha256', `SELECT ${columns} FROM picture p WHERE p.sha256 = $1 FOR UPDATE`);
const takeUpload = statement('take_upload', 'DELETE FROM loose_object WHERE key = $1 AND NOT is_removing RETURNING key');
const add = statement('add', 'INSERT INTO picture (id, sha256, source_key, size_bytes, format, job_id) VALUES ($1, $2, $3, $4, $5, $6)');
const loosen = statement(
  'loosen',
  `INSERT INTO loose_object (key, due_at) SELECT source_key, now() FROM picture WHERE id = $1 ON CONFLICT (key) DO UPDATE SET due_at = now()`,
);
const restart = statement('restart', `UPDATE picture SET job_id = $2, source_key = $3, state = 'processing' WHERE id = $1`);
const ready = statement(
  'ready',
  `UPDATE picture SET state = 'ready', width = $3, height = $4, blur_hash = $5, color = $6 WHERE id = $1 AND job_id = $2 RETURNING id`,
);
const addRenditions = statement(
  'add_renditions',
  `WITH made AS (SELECT * FROM jsonb_to_recordset($2::jsonb) AS (width int, format text, key text, "sizeBytes" bigint)),
    taken AS (DELETE FROM loose_object WHERE key IN (SELECT key FROM made))
  INSERT INTO rendition (picture_id, width, format, key, size_bytes) SELECT $1, width, format, key, "sizeBytes" FROM made ON CONFLICT DO NOTHING`,
);
const fail = statement('fail', `UPDATE picture SET state = 'failed' WHERE id = $1 AND job_id = $2 AND state = 'processing'`);
const lock = statement('lock', `SELECT state, ${underWay} FROM picture p WHERE id = $1 FOR UPDATE`);
const isClaimed = statement('is_claimed', 'SELECT 1 FROM claim WHERE picture_id = $1 LIMIT 1');
const claimedBy = statement('claimed_by', 'SELECT DISTINCT product_id AS id FROM claim WHERE picture_id = $1 AND product_id IS NOT NULL');
const remove = statement(
  'remove',
  `WITH objects AS (SELECT source_key AS key FROM picture WHERE id = $1 UNION SELECT key FROM rendition WHERE picture_id = $1),
    loose AS (INSERT INTO loose_object (key, due_at) SELECT key, now() FROM objects ON CONFLICT (key) DO UPDATE SET due_at = now())
  DELETE FROM picture WHERE id = $1`,
);
const lockAll = statement(
  'lock_all',
  `SELECT p.id, p.state, ${underWay} FROM picture p WHERE p.id = ANY ($1::uuid[]) ORDER BY p.id FOR SHARE OF p`,
);
const claim = statement(
  'claim',
  'INSERT INTO claim (claim, picture_id, product_id) SELECT $1, unnest($2::uuid[]), $3 ON CONFLICT DO NOTHING',
);
const findAll = statement('find_all', `SELECT ${columns} FROM picture p WHERE p.id = ANY ($1::uuid[])`);
const release = statement('release', 'DELETE FROM claim WHERE claim = $1');
/** Nothing for a key that a sweeper has, unless that one died. */
const expect = statement(
  'expect',
  `INSERT INTO loose_object AS l (key, due_at) SELECT unnest($1::text[]), now() + $2 * interval '1 second'
  ON CONFLICT (key) DO UPDATE SET due_at = excluded.due_at, is_removing = false WHERE NOT l.is_removing OR l.due_at <= now() RETURNING key`,
);
/** Taken for a while in which no other sweeper has them. Two workers of one picture may leave a note of what has become its own. */
const due = statement(
  'due',
  `UPDATE loose_object l SET is_removing = true, due_at = now() + interval '5 minutes'
  WHERE key IN (SELECT key FROM loose_object WHERE due_at <= now() ORDER BY due_at LIMIT 20 FOR UPDATE SKIP LOCKED)
  RETURNING key, EXISTS (SELECT FROM rendition r WHERE r.key = l.key) OR EXISTS (SELECT FROM picture p WHERE p.source_key = l.key) AS "isKept"`,
);
const forget = statement('forget', 'DELETE FROM loose_object WHERE key = ANY ($1::text[]) AND is_removing');

type Row = Omit<Picture, 'renditions'> & { readonly renditions: readonly StoredRendition[] };

function whyUnfit(state: Picture['state'] | undefined): 'not-found' | 'failed' | 'not-ready' {
  if (state === undefined) return 'not-found';
  return state === 'failed' ? 'failed' : 'not-ready';
}

/** Pictures in PostgreSQL. */
export function pgPictures(database: Database): Pictures {
  return {
    find: async (id, tx) => (await (tx ? sessionOf(tx) : database).query<Row>(find, [id]))[0],
    lockSha256: async (tx, sha256) => void (await sessionOf(tx).query(lockSha256, [sha256])),
    bySha256: async (tx, sha256) => (await sessionOf(tx).query<Row>(bySha256, [sha256]))[0],
    takeUpload: async (tx, key) => (await sessionOf(tx).query(takeUpload, [key])).length > 0,
    add: async (tx, { id, sha256, key, sizeBytes, format, jobId }) =>
      void (await sessionOf(tx).query(add, [id, sha256, key, sizeBytes, format, jobId])),
    restart: async (tx, { id, jobId, key }) => {
      await sessionOf(tx).query(loosen, [id]);
      await sessionOf(tx).query(restart, [id, jobId, key]);
    },
    finish: async (tx, { id, jobId, looks: { width, height, blurHash, color }, renditions }) => {
      const session = sessionOf(tx);
      if ((await session.query(ready, [id, jobId, width, height, blurHash, color])).length === 0) return false;
      await session.query(addRenditions, [id, JSON.stringify(renditions)]);
      return true;
    },
    fail: async (tx, id, jobId) => void (await sessionOf(tx).query(fail, [id, jobId])),
    remove: async (tx, id) => {
      const session = sessionOf(tx);
      const [row] = await session.query<Pick<Row, 'state' | 'isUnderWay'>>(lock, [id]);
      if (!row) return 'not-found';
      if (row.state === 'processing' && row.isUnderWay) return 'not-ready';
      if ((await session.query(isClaimed, [id])).length > 0) return 'in-use';
      await session.query(remove, [id]);
      return 'removed';
    },
    claim: async (tx, { claim: name, productId }, ids) => {
      const session = sessionOf(tx);
      const locked = await session.query<Pick<Row, 'id' | 'state' | 'isUnderWay'>>(lockAll, [ids]);
      const states = new Map(locked.map((row) => [row.id, stateOf(row)]));
      const unfit = ids.find((id) => states.get(id) !== 'ready');
      if (unfit !== undefined) return { kind: whyUnfit(states.get(unfit)), id: unfit };
      await session.query(claim, [name, ids, productId]);
      const pictures = await session.query<Row>(findAll, [ids]);
      return { kind: 'claimed', pictures: ids.flatMap((id) => pictures.filter((picture) => picture.id === id)) };
    },
    claimedBy: async (tx, id) => (await sessionOf(tx).query<{ id: string }>(claimedBy, [id])).map((row) => row.id),
    release: async (name) => void (await database.query(release, [name])),
    expect: async (keys, keptSeconds) => {
      const noted = await database.query(expect, [keys, keptSeconds]);
      if (noted.length < keys.length) throw new Error('an object of before is just being removed');
    },
    sweep: async (removeObject) => {
      const objects = await database.query<{ key: string; isKept: boolean }>(due);
      const outcomes = await Promise.allSettled(objects.map(async ({ key, isKept }) => (isKept ? undefined : removeObject(key))));
      const failed = outcomes.find((outcome) => outcome.status === 'rejected');
      await database.query(forget, [objects.filter((_, index) => outcomes[index]?.status === 'fulfilled').map(({ key }) => key)]);
      if (failed) throw failed.reason;
      return objects.length;
    },
  };
}
