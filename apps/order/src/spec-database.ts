import { createSpecDatabase as createHostDatabase, type SpecDatabase as HostDatabase } from '@tandem/host/testing';

/** A database of its own for one suite, and any SQL for arranging and looking. */
export type SpecDatabase = HostDatabase & {
  readonly sql: <Row extends object>(text: string, values?: readonly unknown[]) => Promise<readonly Row[]>;
};

/** Needs `TEST_DATABASE_URL`, a server where databases may be created. */
export async function createSpecDatabase(): Promise<SpecDatabase> {
  const made = await createHostDatabase('order');
  return {
    ...made,
    sql: async <Row extends object>(text: string, values: readonly unknown[] = []) => (await made.pool.query<Row>(text, [...values])).rows,
  };
}
