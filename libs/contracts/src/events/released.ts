import { eventSchemas } from './all.js';
import { type JsonSchema, breaks, isNewValue } from './breaks.js';

/** JSON Schemas of events by type: `released/events.json`, as the last release published and read them. Moved forward by `npm run reference -- --release` alone. */
export type EventSchemas = Readonly<Record<string, JsonSchema>>;

/**
 * New values of an enum, in the words of `breaks`, for which whoever listens goes into operation before whoever writes them (docs/how-to/add-an-event.md).
 * Emptied when a release is made.
 */
export const listenersFirst: readonly string[] = [];

/** How the schemas of now break those of the last release; empty: any consumer of either reads any producer of either. */
export function breaksOfRelease(
  released: EventSchemas,
  now: EventSchemas = eventSchemas() as EventSchemas,
  excused: readonly string[] = listenersFirst,
): readonly string[] {
  return Object.entries(released)
    .flatMap(([type, before]) => breaks(before, now[type], type))
    .filter((found) => !(isNewValue(found) && excused.includes(found)));
}
