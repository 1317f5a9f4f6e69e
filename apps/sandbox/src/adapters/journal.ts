import type { Session, Statement } from '@tandem/kernel';
import type { Page, PageRequest } from '../domain/ports.js';

/** A journal table as it is read: what is selected, and which conditions its filters stand for (`?` is the filter's value). */
export type Journal = {
  readonly table: string;
  readonly columns: string;
  readonly filters: Readonly<Record<string, string>>;
  readonly always?: string;
};

/** A page of a journal, oldest first. Filters that are `undefined` do not count; one statement per set of filters, so that each can use its index. */
export async function readJournal<Row extends { readonly sequence: string }, Entry>(
  session: Session,
  journal: Journal,
  { filter, page, toEntry }: { filter: Readonly<Record<string, string | undefined>>; page: PageRequest; toEntry: (row: Row) => Entry },
): Promise<Page<Entry>> {
  const used = Object.entries(filter).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const values = [page.after.toString(), page.limit + 1, ...used.map(([, value]) => value)];
  const rows = await session.query<Row>(
    statementOf(
      journal,
      used.map(([name]) => name),
    ),
    values,
  );
  const shown = rows.slice(0, page.limit);
  const last = shown.at(-1);
  return { entries: shown.map(toEntry), next: rows.length > page.limit && last ? BigInt(last.sequence) : null };
}

function statementOf({ table, columns, filters, always }: Journal, names: readonly string[]): Statement {
  const conditions = names.map((name, index) => (filters[name] ?? 'false').replace('?', `$${index + 3}`));
  const where = ['sequence > $1', ...(always ? [always] : []), ...conditions].join(' AND ');
  return { name: `${table}_page_${names.join('_')}`, text: `SELECT ${columns} FROM ${table} WHERE ${where} ORDER BY sequence LIMIT $2` };
}
