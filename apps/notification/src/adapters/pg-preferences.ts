import { type Database, sessionOf, type Statement } from '@tandem/kernel';
import type { PreferenceStore } from '../domain/inbox.js';
import { type MailKind, type Preferences, type Topic, topicOf, topics, usualPreferences } from '../domain/mail-kind.js';
import type { NewsKind } from '../domain/news.js';
import { type Timing, usualTiming } from '../domain/timing.js';

const of: Statement = { name: 'notification_preferences', text: 'SELECT topic, wanted FROM preference WHERE subject = $1' };
const timingOf: Statement = {
  name: 'notification_timing',
  text: 'SELECT quiet_from, quiet_to, time_zone, is_digest FROM mail_timing WHERE owner_id = $1',
};
const replace: Statement = {
  name: 'notification_replace_preferences',
  text: `INSERT INTO preference (subject, topic, wanted) SELECT $1, topic, wanted FROM unnest($2::text[], $3::boolean[]) AS p (topic, wanted)
    ON CONFLICT (subject, topic) DO UPDATE SET wanted = excluded.wanted, at = now()`,
};
const replaceAll: Statement = {
  name: 'notification_replace_wishes',
  text: `WITH timing AS (INSERT INTO mail_timing (owner_id, quiet_from, quiet_to, time_zone, is_digest) VALUES ($1::uuid, $4, $5, $6, $7)
      ON CONFLICT (owner_id) DO UPDATE SET quiet_from = excluded.quiet_from, quiet_to = excluded.quiet_to, time_zone = excluded.time_zone, is_digest = excluded.is_digest)
    INSERT INTO preference (subject, topic, wanted) SELECT $1::text, topic, wanted FROM unnest($2::text[], $3::boolean[]) AS p (topic, wanted)
    ON CONFLICT (subject, topic) DO UPDATE SET wanted = excluded.wanted, at = now()`,
};
const smsOf: Statement = {
  name: 'notification_sms_choice',
  text: "SELECT address AS to, topics FROM channel_choice WHERE owner_id = $1 AND channel = 'sms'",
};
const replaceSms: Statement = {
  name: 'notification_replace_sms_choice',
  text: `INSERT INTO channel_choice (owner_id, channel, address, topics) VALUES ($1, 'sms', $2, $3)
    ON CONFLICT (owner_id, channel) DO UPDATE SET address = excluded.address, topics = excluded.topics, at = now()`,
};
const forgetFollows: Statement = {
  name: 'notification_forget_follows',
  text: 'DELETE FROM follower f USING telling t WHERE t.id = $1 AND lower(f.email) = lower(t.email) RETURNING 1',
};
const findTelling: Statement = {
  name: 'notification_find_telling',
  text: 'SELECT kind, owner_id::text AS owner, lower(email) AS address FROM telling WHERE id = $1',
};
const findToken: Statement = {
  name: 'notification_find_token',
  text: 'SELECT kind, owner_id::text AS owner, lower(recipient) AS address FROM delivery WHERE token = $1',
};

export type TimingRow = {
  readonly quiet_from: number | null;
  readonly quiet_to: number | null;
  readonly time_zone: string | null;
  readonly is_digest: boolean | null;
};

export function timingFrom({ quiet_from: from, quiet_to: to, time_zone: timeZone, is_digest: isDigest }: TimingRow): Timing {
  return { quietHours: from === null || to === null || timeZone === null ? null : { from, to, timeZone }, isDigest: isDigest ?? false };
}

/** Preferences in PostgreSQL. */
export function pgPreferences(database: Database): PreferenceStore {
  const write = async (subject: string, chosen: Partial<Preferences>): Promise<void> => {
    await database.query(replace, [subject, Object.keys(chosen), Object.values(chosen)]);
  };
  /**
   * News of a product: its address follows nothing any more, whoever asked for it, and is not followed for again until its account does so. News of
   * points: its owner hears of points no more. The mail of the day: both. What is owed already is asked for this when it is taken to be sent.
   */
  const endNews = async (token: string): Promise<boolean> => {
    const [telling] = await database.query<{ kind: NewsKind; owner: string; address: string }>(findTelling, [token]);
    if (!telling) return false;
    if (!telling.kind.startsWith('points.')) {
      await write(telling.address, { marketing: false });
      await database.query(forgetFollows, [token]);
    }
    if (!telling.kind.startsWith('product.')) await write(telling.owner, { loyalty: false });
    return true;
  };
  return {
    of: async (ownerId) => {
      const rows = await database.query<{ topic: Topic; wanted: boolean }>(of, [ownerId]);
      const [timing] = await database.query<TimingRow>(timingOf, [ownerId]);
      const preferences = { ...usualPreferences, ...Object.fromEntries(rows.map(({ topic, wanted }) => [topic, wanted])) };
      const [sms] = await database.query<{ to: string; topics: readonly Topic[] }>(smsOf, [ownerId]);
      return {
        preferences,
        timing: timing ? timingFrom(timing) : usualTiming,
        ...(sms ? { sms: { to: sms.to, topics: wishesOf(sms.topics) } } : {}),
      };
    },
    replace: async (ownerId, { preferences, timing: { quietHours, isDigest }, sms }) => {
      const { from = null, to = null, timeZone = 'UTC' } = quietHours ?? {};
      await database.transaction(async (tx) => {
        const session = sessionOf(tx);
        await session.query(replaceAll, [ownerId, topics, topics.map((topic) => preferences[topic]), from, to, timeZone, isDigest]);
        if (sms) await session.query(replaceSms, [ownerId, sms.to, topics.filter((topic) => sms.topics[topic])]);
      });
    },
    unsubscribe: async (token) => {
      const [row] = await database.query<{ kind: MailKind; owner: string | null; address: string }>(findToken, [token]);
      if (!row) return endNews(token);
      for (const subject of [row.address, ...(row.owner === null ? [] : [row.owner])]) await write(subject, { [topicOf[row.kind]]: false });
      return true;
    },
    isOfMail: async (token) => {
      for (const find of [findToken, findTelling]) if ((await database.query(find, [token])).length > 0) return true;
      return false;
    },
  };
}

function wishesOf(wanted: readonly Topic[]): Preferences {
  const [order, shipment, loyalty, marketing] = topics.map((topic) => wanted.includes(topic)) as [boolean, boolean, boolean, boolean];
  return { order, shipment, loyalty, marketing };
}
