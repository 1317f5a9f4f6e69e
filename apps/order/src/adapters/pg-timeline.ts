import { uuidOf } from '@tandem/host';
import type { Database, Statement } from '@tandem/kernel';
import type { AppendCall } from '../domain/checkout.js';

/** Lines of a timeline: what is asked for again and again for days is told by its first tries. */
const mostLines = 200;

const append: Statement = {
  name: 'order_note_call',
  text: `UPDATE orders SET timeline = timeline || jsonb_build_array($2::jsonb || jsonb_build_object('attempt',
      1 + (SELECT count(*) FROM jsonb_array_elements(timeline) line WHERE line->>'step' = $3)))
    WHERE id = $1 AND jsonb_array_length(timeline) < ${mostLines}`,
};

/** Writes calls on the timeline of their order, up to 200 lines. */
export function pgTimeline(database: Database): AppendCall {
  return async (orderId, call) => void (await database.query(append, [uuidOf('order', orderId), JSON.stringify(call), call.step]));
}
