import { newUuid } from '@tandem/host';
import { createSpecDatabase } from './spec-database.js';
import { lineOf, replicaOn, variantsWith } from './spec-shop.js';

/*
 * `node apps/inventory/dist/measure-hot-row.js ROUNDS` with `TEST_DATABASE_URL`: 500 buyers at once reserve and take one unit each, on two
 * replicas; in turn each of a variant of their own and all of one. Prints how many per second, round by round: `[{ "own": …, "one": … }]`.
 */
const buyers = 500;
const rounds = Number(process.argv[2] ?? 6);
const db = await createSpecDatabase();
const replicas = [replicaOn(db.replica()), replicaOn(db.replica())] as const;
const variants = await variantsWith(replicas[0], ...Array.from({ length: buyers }, () => 1_000_000));

async function buy(index: number, variantId: string | undefined): Promise<void> {
  const { reserve, take } = replicas[index % 2 === 0 ? 0 : 1];
  const orderId = newUuid();
  const reserved = await reserve.run({ orderId, lines: [lineOf(variantId, 1)], ttlSeconds: 900 });
  const taken = await take.run(orderId);
  if (reserved.kind !== 'reserved' || taken.kind !== 'taken') throw new Error(`the order was ${reserved.kind} and ${taken.kind}`);
}

/** Orders per second. */
async function measured(variantOf: (index: number) => string | undefined): Promise<number> {
  const begun = performance.now();
  await Promise.all(Array.from({ length: buyers }, (_, index) => buy(index, variantOf(index))));
  return Math.round((buyers * 1_000) / (performance.now() - begun));
}

const own = () => measured((index) => variants[index]);
const one = () => measured(() => variants[0]);
await own();
await one();
const figures: { own: number; one: number }[] = [];
for (let round = 0; round < rounds; round++) figures.push({ own: await own(), one: await one() });
console.log(JSON.stringify(figures));
await db.drop();
