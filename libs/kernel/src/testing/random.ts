import { invariant } from '../invariant.js';

/** Numbers from 0 up to 1 that follow from the seed alone, so that a run can be repeated. Algorithm: mulberry32 (public domain). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** One of them. There must be one. */
export function pick<T>(from: readonly T[], random: () => number): T {
  const chosen = from[Math.floor(random() * from.length)];
  invariant(chosen !== undefined, 'nothing to pick from');
  return chosen;
}
