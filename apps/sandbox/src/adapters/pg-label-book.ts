import { createHash } from 'node:crypto';
import { type Database, sessionOf } from '@tandem/kernel';
import type { Label, LabelRequest, LabelStatus } from '../domain/label.js';
import type { LabelFacts } from '../domain/label-sheet.js';
import type { LabelBook } from '../domain/ports.js';
import { readJournal } from './journal.js';
import type { NewId } from './pg-charge-book.js';
import { oweWebhooks } from './pg-webhook-journal.js';

type LabelRow = {
  readonly id: string;
  readonly sequence: string;
  readonly idempotency_key: string;
  readonly order_id: string;
  readonly tracking_code: string;
  readonly service: string;
  readonly status: LabelStatus;
  readonly created_at: Date;
};

const columns = 'id, sequence, idempotency_key, order_id, tracking_code, service, status, created_at';
const statements = {
  buy: {
    name: 'carrier_buy',
    text: `INSERT INTO carrier_label (id, idempotency_key, order_id, tracking_code, service, shipping_address, parcels) VALUES ($1, $2, $3, $4, $5, $6, $7)
           ON CONFLICT DO NOTHING RETURNING ${columns}`,
  },
  same: {
    name: 'carrier_same',
    text: `SELECT ${columns}, (order_id = $2 AND service = $3 AND shipping_address = $4 AND parcels = $5) AS is_same FROM carrier_label WHERE idempotency_key = $1`,
  },
  lockById: { name: 'carrier_lock_by_id', text: `SELECT ${columns} FROM carrier_label WHERE id = $1 FOR UPDATE` },
  lockByCode: { name: 'carrier_lock_by_code', text: `SELECT ${columns} FROM carrier_label WHERE tracking_code = $1 FOR UPDATE` },
  find: { name: 'carrier_find', text: `SELECT ${columns}, shipping_address, parcels FROM carrier_label WHERE id = $1` },
  write: { name: 'carrier_write', text: 'UPDATE carrier_label SET status = $2 WHERE id = $1' },
};

const labels = {
  table: 'carrier_label',
  columns,
  filters: { orderId: 'order_id = ?', idempotencyKey: 'idempotency_key = ?', trackingCode: 'tracking_code = ?' },
};

/** The carrier's books in PostgreSQL. `wake` is called after a commit that owes webhooks. */
export function pgLabelBook(db: Database, newId: NewId, wake: () => void): LabelBook {
  return {
    buy: async (request) => {
      const bought = await buy(db, newId('lbl'), request);
      return bought ? { kind: 'bought', label: bought } : earlierUnder(db, request);
    },
    change: (by, decide) =>
      db.transaction(async (tx) => {
        const session = sessionOf(tx);
        const [row] =
          'id' in by
            ? await session.query<LabelRow>(statements.lockById, [by.id])
            : await session.query<LabelRow>(statements.lockByCode, [by.trackingCode]);
        if (!row) return { kind: 'not-found' };
        const decision = decide(labelOf(row));
        if (decision.label && decision.label.status !== row.status) await session.query(statements.write, [row.id, decision.label.status]);
        await oweWebhooks(tx, decision.webhooks ?? [], wake);
        return decision;
      }),
    labels: (filter, page) => readJournal(db, labels, { filter, page, toEntry: labelOf }),
    find: async (id) => {
      const [row] = await db.query<LabelRow & { shipping_address: LabelFacts['shippingAddress']; parcels: LabelFacts['parcels'] }>(
        statements.find,
        [id],
      );
      return row && { ...labelOf(row), shippingAddress: row.shipping_address, parcels: row.parcels };
    },
  };
}

async function buy(
  db: Database,
  id: string,
  { idempotencyKey, orderId, service, shippingAddress, parcels }: LabelRequest,
): Promise<Label | undefined> {
  const values = [
    id,
    idempotencyKey,
    orderId,
    trackingCodeFor(idempotencyKey),
    service,
    JSON.stringify(shippingAddress),
    JSON.stringify(parcels),
  ];
  const [row] = await db.query<LabelRow>(statements.buy, values);
  return row && labelOf(row);
}

async function earlierUnder(db: Database, request: LabelRequest): Promise<Awaited<ReturnType<LabelBook['buy']>>> {
  const { idempotencyKey, orderId, service, shippingAddress, parcels } = request;
  const values = [idempotencyKey, orderId, service, JSON.stringify(shippingAddress), JSON.stringify(parcels)];
  const [row] = await db.query<LabelRow & { is_same: boolean }>(statements.same, values);
  return row?.is_same ? { kind: 'repeated', label: labelOf(row) } : { kind: 'reused' };
}

function labelOf(row: LabelRow): Label {
  return {
    id: row.id,
    orderId: row.order_id,
    trackingCode: row.tracking_code,
    status: row.status,
    service: row.service,
    idempotencyKey: row.idempotency_key,
    createdAt: row.created_at,
  };
}

/** The same key always gets the same code: `SBX` and 16 hexadecimal digits of its hash. */
function trackingCodeFor(idempotencyKey: string): string {
  return `SBX${createHash('sha256').update(idempotencyKey).digest('hex').slice(0, 16).toUpperCase()}`;
}
