/** Works on the items, so many at once, in their order. Answers in the order of the ends. */
export async function inParallel<In, Out>(
  items: readonly In[],
  atOnce: number,
  work: (item: In, index: number) => Promise<Out>,
): Promise<Out[]> {
  const results: Out[] = [];
  const rest = items.map((item, index) => ({ item, index }));
  const worker = async (): Promise<void> => {
    for (let next = rest.shift(); next !== undefined; next = rest.shift()) results.push(await work(next.item, next.index));
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}

export const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
