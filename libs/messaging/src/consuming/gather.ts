/** Gathers what is asked for side by side, and does it together: one lot at a time, the next gathers meanwhile. Nothing waits for company. */
export type Gather<Item, Answer> = (item: Item) => Promise<Answer>;

type Asked<Item, Answer> = { readonly item: Item; readonly answer: (answer: Answer) => void; readonly fail: (error: unknown) => void };

/** `work` answers for each item of a lot, in order; when it throws, each of them fails with that error. At most `most` items a lot. */
export function createGather<Item, Answer>(most: number, work: (items: readonly Item[]) => Promise<readonly Answer[]>): Gather<Item, Answer> {
  let waiting: Asked<Item, Answer>[] = [];
  let isWorking = false;
  const workAll = async (): Promise<void> => {
    while (waiting.length > 0) {
      const lot = waiting.slice(0, most);
      waiting = waiting.slice(most);
      await settle(lot, work);
    }
    isWorking = false;
  };
  return (item) =>
    new Promise((answer, fail) => {
      waiting.push({ item, answer, fail });
      if (isWorking) return;
      isWorking = true;
      // After what is ready now has asked too.
      setImmediate(() => void workAll());
    });
}

async function settle<Item, Answer>(lot: readonly Asked<Item, Answer>[], work: (items: readonly Item[]) => Promise<readonly Answer[]>): Promise<void> {
  try {
    const answers = await work(lot.map(({ item }) => item));
    lot.forEach(({ answer }, index) => answer(answers[index] as Answer));
  } catch (error) {
    lot.forEach(({ fail }) => fail(error));
  }
}
