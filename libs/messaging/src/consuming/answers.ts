import type { Tx } from '@tandem/kernel';
import { type Act, type Handled, type Message, done, effect } from '../handler.js';
import type { Subscriber } from '../strategy.js';

/** Calls the handlers of one message in order, in one transaction, and makes one answer of theirs. */
export async function callAll(
  subscribers: readonly Subscriber[],
  { tx, message }: { readonly tx: Tx; readonly message: Message },
): Promise<Handled> {
  const answers: Handled[] = [];
  for (const subscriber of subscribers) {
    const answer = await callWith(subscriber, tx, [message]);
    if (answer.kind === 'poison') return answer;
    answers.push(answer);
  }
  return together(answers);
}

/** Calls a handler with the messages it takes at once: one, or several where it has said so. */
export async function callWith({ call, options }: Subscriber, tx: Tx, messages: readonly [Message, ...Message[]]): Promise<Handled> {
  const [message] = messages;
  const data = options.batch === undefined ? message.data : messages.map((one) => one.data);
  return handledOf(await call(data, { tx, message, messages }));
}

/** A handler of Nest's own kind may answer nothing: that is done. Anything else that is no answer is a bug. */
function handledOf(answer: unknown): Handled {
  if (answer === undefined || answer === null) return done;
  const kind = (answer as { kind?: unknown }).kind;
  if (kind === 'done' || kind === 'ignored' || kind === 'poison' || kind === 'act') return answer as Handled;
  throw new TypeError(`a handler answered ${JSON.stringify(answer)}, which is none of done, ignored, poison, effect`);
}

/** Poison beats effects, effects beat done, done beats ignored. */
export function together(answers: readonly Handled[]): Handled {
  const acts = answers.filter((answer): answer is Act => answer.kind === 'act');
  const others = answers.filter((answer): answer is Settlement => answer.kind !== 'act');
  const poison = others.find(({ kind }) => kind === 'poison');
  if (poison) return poison;
  const [first, second] = acts;
  if (!first) return strongest(others);
  return second ? inTurn(acts) : first;
}

type Settlement = Exclude<Handled, Act>;

function strongest(answers: readonly Settlement[]): Settlement {
  return answers.find(({ kind }) => kind === 'poison') ?? answers.find(({ kind }) => kind === 'done') ?? answers[0] ?? done;
}

function inTurn(acts: readonly Act[]): Handled {
  const act = async (): Promise<unknown[]> => {
    const outcomes: unknown[] = [];
    for (const one of acts) outcomes.push(await one.act());
    return outcomes;
  };
  return effect(act, async (tx, outcomes) => {
    const answers: Settlement[] = [];
    for (const [i, one] of acts.entries()) answers.push(await one.settle(tx, outcomes[i]));
    return strongest(answers);
  });
}
