import type { OnBehalf } from '../domain/ports.js';

/** Asks about ids on behalf of a request; answers by id. */
export type Ask<V> = (ids: readonly string[], call: OnBehalf) => Promise<ReadonlyMap<string, V>>;

/** Ids of one question: ten full carts, which is what catalog takes. */
const most = 1_000;

type Question<V> = { readonly ids: Set<string>; readonly answer: Promise<ReadonlyMap<string, V>>; readonly calls: OnBehalf[] };

/**
 * Merges what several requests ask within one turn of the event loop into one question; the answer may hold more ids than one asked about.
 * Nobody gets an answer to a question that was sent before it asked. The question has the latest of the requests' deadlines, and fails for all.
 * Of several requests none takes the question with it when it is given up.
 */
export function together<V>(ask: Ask<V>): Ask<V> {
  const state: { open: Question<V> | undefined } = { open: undefined };
  const begin = (): Question<V> => {
    const question: { ids: Set<string>; calls: OnBehalf[] } = { ids: new Set(), calls: [] };
    const sent = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      if (state.open?.ids === question.ids) state.open = undefined;
      return ask([...question.ids], onBehalfOf(question.calls));
    });
    return { ...question, answer: sent };
  };
  return (ids, call) => {
    if (!state.open || state.open.ids.size + ids.length > most) state.open = begin();
    const { ids: asked, calls, answer } = state.open;
    for (const id of ids) asked.add(id);
    calls.push(call);
    return answer;
  };
}

/** The first request, with the time of the one that waits longest. */
function onBehalfOf([first, ...others]: readonly OnBehalf[]): OnBehalf {
  if (!first) throw new TypeError('nobody asks');
  const deadlines = [first, ...others].map(({ deadline }) => deadline);
  const latest = deadlines.some((deadline) => deadline === undefined)
    ? undefined
    : new Date(Math.max(...deadlines.map((deadline) => deadline?.getTime() ?? 0)));
  return { ...first, deadline: latest, signal: others.length > 0 ? undefined : first.signal };
}
