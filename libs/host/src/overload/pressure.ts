/** How hard a process is pressed, and what it therefore lets in. Pure: fed with samples at a steady pace. */
export type Pressure = {
  /** Takes in how long work took or waited since the last sample, as a multiple of what is aimed at. */
  observe(timesTarget: number): void;
  /** Whether one more request of a rank may begin. Rank 0 is shed first. Asking counts. */
  admits(rank: number): boolean;
  /** 0: everything is let in; n: the first n ranks are down to their floor. Between, the next rank is shed in part. */
  level(): number;
};

/**
 * What a rank always keeps: a tenth. Else the shop would sell nothing while many people fill carts that nobody may buy; and a system that
 * lets nothing in never learns that it could.
 */
const floor = 0.1;
/** How far one sample of double the target moves the level: one whole rank is shed within a second of ten samples. */
const gain = 0.1;
/** How much has to come together before anything is shed: a second of double the target. A process that was only kept waiting for a moment sheds nothing. */
const patience = 1;
/** One long pause (a garbage collection, a compilation) must not shut the shop: a sample counts at most this many targets. */
const mostTargets = 4;

/**
 * An integral controller: the level rises while work takes longer than is aimed at and falls while it does not, so it settles where work takes
 * as long as is aimed at, and does not flap between all and nothing.
 */
export function createPressure(ranks: number): Pressure {
  const credits = Array.from({ length: ranks }, () => 0);
  let pressed = 0;
  const level = (): number => Math.max(0, pressed - patience);
  return {
    observe(timesTarget) {
      const error = Math.min(timesTarget, mostTargets) - 1;
      pressed = Math.min(ranks + patience, Math.max(0, pressed + error * gain));
    },
    admits(rank) {
      const credit = (credits[rank] ?? 0) + Math.min(1, Math.max(floor, rank + 1 - level()));
      const isIn = credit > 0.999_999; // ten tenths are a little less than one
      credits[rank] = isIn ? credit - 1 : credit;
      return isIn;
    },
    level,
  };
}
