/** What an event's type tells of, whatever its version: `order.confirmed` of `order.confirmed.v1`. */
export function factOf(type: string): string {
  return type.replace(/\.v\d+$/, '');
}
