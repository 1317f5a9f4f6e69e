import { invariant } from '@tandem/kernel';
import { type LogAddress, openLog } from './open-log.js';

/** What a member in a process of its own is told by its command line. */
export type MemberOrders = { readonly address: LogAddress; readonly group: string; readonly topic: string };
/** What it says of each record: taken in hand, and done with. */
export type MemberNews = { readonly kind: 'joined' } | { readonly kind: 'begun' | 'done'; readonly value: string };

/** A member of a group as a process, to be stopped and killed. It keeps a record whose value begins with `hold` until it is told `go`. */
async function main(): Promise<void> {
  const { address, group, topic } = JSON.parse(process.argv[2] ?? '{}') as MemberOrders;
  const tell = (news: MemberNews): void => void process.send?.(news);
  const told = new Promise<void>((resolve) => process.once('message', () => resolve()));
  const log = openLog(address);
  const member = await log.subscribe({
    group,
    topics: [topic],
    async handle({ value }) {
      tell({ kind: 'begun', value: value ?? '' });
      if (value?.startsWith('hold')) await told;
      tell({ kind: 'done', value: value ?? '' });
      return { kind: 'done' };
    },
  });
  const look = setInterval(() => {
    if (member.assigned().length === 0) return;
    clearInterval(look);
    tell({ kind: 'joined' });
  }, 20);
  process.once('disconnect', () => process.exit(0));
}

if (process.send) {
  invariant(process.argv[2] !== undefined, 'a member needs its orders');
  await main();
}
