import type { Database, Statement } from '@tandem/kernel';
import type { PreferenceStore } from '../domain/inbox.js';
import { type MailKind, type Preferences, type Topic, topicOf, topics, usualPreferences } from '../domain/mail-kind.js';

const of: Statement = { name: 'notification_preferences', text: 'SELECT topic, wanted FROM preference WHERE subject = $1' };
const replace: Statement = {
  name: 'notification_replace_preferences',
  text: `INSERT INTO preference (subject, topic, wanted) SELECT $1, topic, wanted FROM unnest($2::text[], $3::boolean[]) AS p (topic, wanted)
    ON CONFLICT (subject, topic) DO UPDATE SET wanted = excluded.wanted, at = now()`,
};
const forgetFollows: Statement = { name: 'notification_forget_follows', text: 'DELETE FROM follower f USING telling t WHERE t.id = $1 AND lower(f.email) = lower(t.email) RETURNING 1' };
const isTelling: Statement = { name: 'notification_is_telling', text: 'SELECT 1 FROM telling WHERE id = $1' };
const findToken: Statement = { name: 'notification_find_token', text: 'SELECT kind, owner_id::text AS owner, lower(recipient) AS address FROM delivery WHERE token = $1' };

/** Preferences in PostgreSQL. */
export function pgPreferences(database: Database): PreferenceStore {
  const write = async (subject: string, chosen: Partial<Preferences>): Promise<void> => {
    await database.query(replace, [subject, Object.keys(chosen), Object.values(chosen)]);
  };
  /** The token of a follower's mail ends whatever its address still follows, whoever asked for it. */
  const unfollowAll = async (token: string): Promise<boolean> => {
    await database.query(forgetFollows, [token]);
    return (await database.query(isTelling, [token])).length > 0;
  };
  return {
    of: async (ownerId) => {
      const rows = await database.query<{ topic: Topic; wanted: boolean }>(of, [ownerId]);
      return { ...usualPreferences, ...Object.fromEntries(rows.map(({ topic, wanted }) => [topic, wanted])) };
    },
    replace: (ownerId, preferences) => write(ownerId, Object.fromEntries(topics.map((topic) => [topic, preferences[topic]]))),
    unsubscribe: async (token) => {
      const [row] = await database.query<{ kind: MailKind; owner: string | null; address: string }>(findToken, [token]);
      if (!row) return unfollowAll(token);
      for (const subject of [row.address, ...(row.owner === null ? [] : [row.owner])]) await write(subject, { [topicOf[row.kind]]: false });
      return true;
    },
  };
}
