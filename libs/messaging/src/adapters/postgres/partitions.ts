import type { Topic } from '@tandem/contracts';
import { PartitionCountDiffers, UnknownTopic } from '../errors.js';
import type { Run } from './connections.js';

const idsOfTopics = { name: 'log-parts', text: 'SELECT topic, array_agg(id ORDER BY n) FROM part WHERE topic = ANY($1) GROUP BY topic' };
const ensureTopic = { name: 'log-ensure-topic', text: 'SELECT log_ensure_topic($1, $2, $3)' };

/** Topics and the ids of their partitions. A topic never changes once it is there, so what was read stays true. */
export class Partitions {
  private readonly ids = new Map<string, readonly number[]>();

  constructor(private readonly run: Run) {}

  async ensure({ name, partitions, retentionDays }: Topic): Promise<void> {
    const [row] = await this.run<[number]>(ensureTopic, [name, partitions, retentionDays]);
    const found = row?.[0] ?? 0;
    if (found !== partitions) throw new PartitionCountDiffers(name, found, partitions);
  }

  /** Ids by partition number, for every topic asked for; throws `UnknownTopic`. */
  async of(topics: Iterable<string>): Promise<(topic: string) => readonly number[]> {
    const wanted = new Set(topics);
    const missing = [...wanted].filter((topic) => !this.ids.has(topic));
    if (missing.length > 0) for (const [topic, ids] of await this.run<[string, number[]]>(idsOfTopics, [missing])) this.ids.set(topic, ids);
    for (const topic of wanted) this.known(topic);
    return (topic) => this.known(topic);
  }

  async idOf(topic: string, partition: number): Promise<number> {
    const id = (await this.of([topic]))(topic)[partition];
    if (id === undefined) throw new UnknownTopic(`${topic}[${partition}]`);
    return id;
  }

  private known(topic: string): readonly number[] {
    const ids = this.ids.get(topic);
    if (!ids) throw new UnknownTopic(topic);
    return ids;
  }
}
