import type { Database } from '@tandem/kernel';
import { type Fault, type FaultTarget, healthy } from '../domain/fault.js';
import type { FaultStore } from '../domain/ports.js';

type FaultRow = { readonly target: FaultTarget; readonly error_rate: number; readonly latency_ms: number; readonly down: boolean };

const statements = {
  load: { name: 'fault_load', text: 'SELECT target, error_rate, latency_ms, down FROM fault' },
  save: {
    name: 'fault_save',
    text: `INSERT INTO fault (target, error_rate, latency_ms, down)
           SELECT * FROM unnest($1::text[], $2::float8[], $3::int[], $4::bool[])
           ON CONFLICT (target) DO UPDATE SET error_rate = excluded.error_rate, latency_ms = excluded.latency_ms, down = excluded.down`,
  },
};

/** Faults in PostgreSQL; a part without a row has none. */
export function pgFaultStore(db: Database): FaultStore {
  return {
    load: async () => {
      const rows = await db.query<FaultRow>(statements.load);
      const faultOf = (row: FaultRow): Fault => ({ errorRate: row.error_rate, latencyMs: row.latency_ms, down: row.down });
      return { ...healthy, ...Object.fromEntries(rows.map((row) => [row.target, faultOf(row)])) };
    },
    save: async (changed) => {
      const entries = Object.entries(changed);
      const faults = entries.map(([, fault]) => fault);
      await db.query(statements.save, [
        entries.map(([target]) => target),
        faults.map((fault) => fault.errorRate),
        faults.map((fault) => fault.latencyMs),
        faults.map((fault) => fault.down),
      ]);
    },
  };
}
