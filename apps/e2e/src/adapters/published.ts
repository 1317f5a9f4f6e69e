import { randomUUID } from 'node:crypto';
import kafkajs from 'kafkajs';
import pg from 'pg';

/** A record of a topic, as its envelope names it. */
export type Published = { readonly key: string; readonly id: string; readonly type: string; readonly sequence: number };

/** What the services of a system were told of its servers. */
type Servers = Readonly<Record<string, string | undefined>>;

/** Every record that stands in a topic, copies included, in the order of each key. Reads past the services, from the log itself. */
export async function publishedIn(topic: string, servers: Servers): Promise<readonly Published[]> {
  const records = servers['KAFKA_BROKERS']
    ? await inKafka(topic, servers['KAFKA_BROKERS'].split(','))
    : await inPostgres(topic, new URL('/tandem_log', servers['DATABASE_URL']).href);
  return records.map(({ key, headers }) => ({
    key: key ?? '',
    id: headers['ce_id'] ?? '',
    type: headers['ce_type'] ?? '',
    sequence: Number(headers['ce_sequence']),
  }));
}

type Row = { readonly key: string | null; readonly headers: Readonly<Record<string, string>> };

async function inPostgres(topic: string, connectionString: string): Promise<readonly Row[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    const { rows } = await client.query<Row>(
      `SELECT r.key, r.headers::json AS headers FROM rec r JOIN part p ON p.id = r.part WHERE p.topic = $1 ORDER BY p.n, r."offset"`,
      [topic],
    );
    return rows;
  } finally {
    await client.end();
  }
}

async function inKafka(topic: string, brokers: string[]): Promise<readonly Row[]> {
  const kafka = new kafkajs.Kafka({ brokers, clientId: 'reader', logLevel: kafkajs.logLevel.NOTHING });
  const [admin, consumer] = [kafka.admin(), kafka.consumer({ groupId: `reader-${randomUUID()}`, allowAutoTopicCreation: false })];
  await Promise.all([admin.connect(), consumer.connect()]);
  try {
    const missing = new Map(
      (await admin.fetchTopicOffsets(topic))
        .filter(({ low, high }) => low !== high)
        .map(({ partition, high }) => [partition, BigInt(high)]),
    );
    const rows: Row[] = [];
    if (missing.size === 0) return rows;
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
      const eachMessage: kafkajs.EachMessageHandler = async ({ partition, message: { key, headers = {}, offset } }) => {
        rows.push({ key: key?.toString() ?? null, headers: texts(headers) });
        if (BigInt(offset) + 1n >= (missing.get(partition) ?? 0n)) missing.delete(partition);
        if (missing.size === 0) resolve();
      };
      consumer.run({ autoCommit: false, eachMessage }).catch(reject);
    });
    return rows;
  } finally {
    await Promise.all([consumer.disconnect(), admin.disconnect()]);
  }
}

function texts(headers: kafkajs.IHeaders): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}
