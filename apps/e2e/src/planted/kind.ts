import type { Plant } from '../adapters/pg-planting.js';
import type { Sort } from './orders.js';

/** A wrong row, and what the auditor has to say of it: invariant and message, nothing else. */
export type Kind = {
  readonly name: string;
  readonly in: Sort;
  readonly plants: readonly Plant[];
  /** The messages by invariant; `$total` stands for what the order costs. */
  readonly found: readonly (readonly [invariant: string, message: RegExp])[];
  /** Where it says to look, as `service.table`. */
  readonly row: string;
  /** False where nothing is said of the order itself. */
  readonly isOfOrder?: false;
  /** What was changed bears no time of it, as nothing a service does: a row deleted, or changed in a table without such a time. Only a full audit sees it. */
  readonly isTimeless?: true;
};

/** The rows of an order. */
export const byOrder = (service: string, table: string, change: string, rest: Partial<Plant> = {}): Plant => ({
  service,
  table,
  where: 'order_id = $1',
  change,
  ...rest,
});

/** The id of an order that nobody made. */
const stranger = '00000000-0000-7000-8000-000000000002';
/** When a row was written, by table. */
const writtenAt: Readonly<Record<string, string>> = { ledger_entry: 'written_at', movement: 'at' };
/** The order's rows once more under another id, written now, with these members changed (JSON pairs in SQL). */
export const copied = (
  service: string,
  table: string,
  changes: string,
  { where = 'true', id = true, lift }: { where?: string; id?: boolean; lift?: string } = {},
): Plant =>
  byOrder(
    service,
    table,
    `INSERT INTO ${table} OVERRIDING SYSTEM VALUE SELECT (jsonb_populate_record(t, jsonb_build_object(${id ? `'id', gen_random_uuid(), ` : ''}'${writtenAt[table] ?? 'created_at'}', now(), ${changes}))).* FROM ${table} t WHERE order_id = $1 AND ${where}`,
    lift === undefined ? {} : { lift },
  );
export const ofStranger = (plant: Plant): Plant => ({ ...plant, where: `order_id = '${stranger}'` });
export const toStranger = `'order_id', '${stranger}'`;
