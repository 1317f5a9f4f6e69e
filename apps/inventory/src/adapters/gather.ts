/** `lanes`: runs at a time. `most`: asks of one run. */
export type Gathering = { readonly lanes: number; readonly most: number };

type Waiting<Ask, Answer> = { readonly ask: Ask; readonly resolve: (answer: Answer) => void; readonly reject: (error: unknown) => void };

/**
 * Answers an ask at once while a lane is free; what is asked meanwhile goes together in the next run. So whoever wants one and the same row
 * at the same time waits for its lock once, not one after the other. `run` answers in the order of its asks; its error is everybody's.
 */
export function gather<Ask, Answer>(run: (asks: readonly Ask[]) => Promise<readonly Answer[]>, { lanes, most }: Gathering): (ask: Ask) => Promise<Answer> {
  const waiting: Waiting<Ask, Answer>[] = [];
  let running = 0;
  const go = async (): Promise<void> => {
    running += 1;
    for (let batch = waiting.splice(0, most); batch.length > 0; batch = waiting.splice(0, most)) await settle(run, batch);
    running -= 1;
  };
  return (ask) =>
    new Promise<Answer>((resolve, reject) => {
      waiting.push({ ask, resolve, reject });
      if (running < lanes) void go();
    });
}

async function settle<Ask, Answer>(run: (asks: readonly Ask[]) => Promise<readonly Answer[]>, batch: readonly Waiting<Ask, Answer>[]): Promise<void> {
  try {
    const answers = await run(batch.map(({ ask }) => ask));
    if (answers.length !== batch.length) throw new Error(`${batch.length} asked, ${answers.length} answered`);
    batch.forEach(({ resolve }, index) => resolve(answers[index] as Answer));
  } catch (error) {
    for (const { reject } of batch) reject(error);
  }
}
