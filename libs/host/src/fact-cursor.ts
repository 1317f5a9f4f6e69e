import { validate } from 'uuid';
import { badCursor } from './refusal.js';

const beforeAll = '00000000-0000-0000-0000-000000000000';

/** The id after which a page of audit facts begins: the cursor is the last page's last UUID, `''` begins before all. Any other text is refused as `bad-cursor`. */
export function factCursor(cursor: string): string {
  if (cursor === '') return beforeAll;
  if (!validate(cursor)) throw badCursor();
  return cursor;
}
