import { invariant } from './invariant.js';

export type Gathering = {
  /** Runs at a time. */
  readonly lanes: number;
  /** Asks of one run. */
  readonly most: number;
  /** When a free lane begins: at once by default; with `setImmediate`, after all that is ready now has asked too. */
  readonly begin?: (go: () => void) => void;
};

type Waiting<Ask, Answer> = { readonly ask: Ask; readonly resolve: (answer: Answer) => void; readonly reject: (error: unknown) => void };

/**
 * Answers an ask as soon as a lane is free; what is asked meanwhile goes together in the next run, and nothing waits for company. So whoever wants
 * one and the same row at the same time waits for its lock once, not one after the other. `run` answers in the order of its asks; its error is everybody's.
 */
export function gather<Ask, Answer>(
  run: (asks: readonly Ask[]) => Promise<readonly Answer[]>,
  { lanes, most, begin = (go) => go() }: Gathering,
): (ask: Ask) => Promise<Answer> {
  const waiting: Waiting<Ask, Answer>[] = [];
  let running = 0;
  const go = async (): Promise<void> => {
    for (let batch = waiting.splice(0, most); batch.length > 0; batch = waiting.splice(0, most)) await settle(run, batch);
    running -= 1;
  };
  return (ask) =>
    new Promise<Answer>((resolve, reject) => {
      waiting.push({ ask, resolve, reject });
      if (running >= lanes) return;
      running += 1;
      begin(() => void go());
    });
}

async function settle<Ask, Answer>(
  run: (asks: readonly Ask[]) => Promise<readonly Answer[]>,
  batch: readonly Waiting<Ask, Answer>[],
): Promise<void> {
  try {
    const answers = await run(batch.map(({ ask }) => ask));
    invariant(answers.length === batch.length, `${batch.length} asked, ${answers.length} answered`);
    batch.forEach(({ resolve }, index) => resolve(answers[index] as Answer));
  } catch (error) {
    for (const { reject } of batch) reject(error);
  }
}
