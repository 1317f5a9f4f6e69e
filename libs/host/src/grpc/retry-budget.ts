/** How often a peer may be asked a second time. It keeps second tries from becoming the load that a peer in trouble cannot bear. */
export type RetryBudget = {
  /** A call is made for the first time. */
  earn(): void;
  /** Takes one second try out of the budget; false when none is left. */
  spend(): boolean;
};

/** One call in ten. Source: Finagle's retry budget and gRFC A6 (`tokenRatio`), which both keep to about this. */
const perCall = 0.1;
/** A service that is hardly called may still try again: so many at once, and one a second. */
const [reserve, perSecond] = [10, 1];

/** `now`: milliseconds of a clock that only goes forward. */
export function createRetryBudget(now: () => number = () => performance.now()): RetryBudget {
  let [left, at] = [reserve, now()];
  const add = (tries: number): void => void (left = Math.min(reserve, left + tries));
  return {
    earn: () => add(perCall),
    spend: () => {
      const since = now() - at;
      at += since;
      add((since / 1_000) * perSecond);
      if (left < 1) return false;
      left -= 1;
      return true;
    },
  };
}
