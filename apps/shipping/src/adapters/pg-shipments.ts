import { type Composition, factCursor, newUuid, toPublicId } from '@tandem/host';
import { type Database, sessionOf, type Statement, type Tx } from '@tandem/kernel';
import type { Label } from '../domain/carrier.js';
import type { ParcelPlan, Shipment, ShipmentStatus } from '../domain/shipment.js';
import type { Shipments, ShipmentStore, Tracked } from '../domain/shipment-store.js';

type Row = {
  id: string;
  order_id: string;
  owner_id: string | null;
  status: ShipmentStatus;
  carrier: string | null;
  label_id: string | null;
  draft_id: string | null;
  tracking_code: string | null;
  parcels: readonly ParcelPlan[];
  is_stopped: boolean;
};
type TrackedRow = Row & { history: readonly { status: string; at: string }[] };

const columns = 'id, order_id, owner_id, status, carrier, label_id, draft_id, tracking_code, parcels, stopped_at IS NOT NULL AS is_stopped';
const statement = (name: string, text: string): Statement => ({ name: `shipping_${name}`, text });

const plan = statement(
  'plan',
  `INSERT INTO shipment (id, order_id, owner_id, status, parcels) VALUES ($1, $2, $3, 'planned', $4)
  ON CONFLICT (order_id) DO UPDATE SET owner_id = coalesce(shipment.owner_id, excluded.owner_id),
    parcels = CASE WHEN shipment.owner_id IS NULL THEN excluded.parcels ELSE shipment.parcels END RETURNING ${columns}`,
);
const lockByOrder = statement('lock_order', `SELECT ${columns} FROM shipment WHERE order_id = $1 FOR UPDATE`);
/** One statement for both, so that a label which comes in between is not missed. */
const lockByLabel = statement(
  'lock_label',
  `SELECT ${columns} FROM shipment WHERE (carrier = $1 AND label_id = $2) OR (draft_id = $2 AND status = 'planned') FOR UPDATE`,
);
const lockByTrackingCode = statement(
  'lock_tracking',
  `SELECT ${columns} FROM shipment WHERE carrier = $1 AND tracking_code = $2 ORDER BY created_at DESC LIMIT 1 FOR UPDATE`,
);
const stop = statement('stop', 'UPDATE shipment SET stopped_at = coalesce(stopped_at, now()) WHERE id = $1');
const letGo = statement('let_go', 'UPDATE shipment SET stopped_at = NULL WHERE id = $1');
const label = statement(
  'label',
  `WITH entry AS (INSERT INTO tracking_entry (shipment_id, status, at) VALUES ($1, 'created', $5))
  UPDATE shipment SET status = 'created', carrier = $2, label_id = $3, tracking_code = $4, heard_at = now(), refusal = NULL WHERE id = $1`,
);
const move = statement(
  'move',
  `WITH entry AS (INSERT INTO tracking_entry (shipment_id, status, at) VALUES ($1, $2, $3))
  UPDATE shipment SET status = $2, heard_at = now() WHERE id = $1`,
);
const takeSilent = statement(
  'take_silent',
  `UPDATE shipment SET heard_at = now() WHERE id = (SELECT id FROM shipment WHERE status IN ('created', 'in-transit') AND stopped_at IS NULL
    AND carrier = $2 AND heard_at < now() - $1 * interval '1 ms' ORDER BY heard_at LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING label_id AS "labelId", tracking_code AS "trackingCode"`,
);
const keepDraft = statement('keep_draft', 'UPDATE shipment SET draft_id = coalesce(draft_id, $2) WHERE order_id = $1 RETURNING draft_id');
const refuse = statement('refuse', 'UPDATE shipment SET refusal = $2 WHERE order_id = $1');
/** Each that comes takes up to ten old ones away: a signature is good for five minutes, so nobody can repeat them any more. */
const takeWebhook = statement(
  'webhook',
  `WITH forgotten AS (DELETE FROM carrier_webhook WHERE webhook_id IN (
    SELECT webhook_id FROM carrier_webhook WHERE received_at < now() - interval '1 day' ORDER BY received_at LIMIT 10 FOR UPDATE SKIP LOCKED))
  INSERT INTO carrier_webhook (webhook_id) VALUES ($1) ON CONFLICT DO NOTHING RETURNING webhook_id`,
);

const tracked = (where: string): string => `SELECT ${columns},
    coalesce((SELECT json_agg(json_build_object('status', e.status, 'at', e.at) ORDER BY e.id) FROM tracking_entry e WHERE e.shipment_id = shipment.id), '[]') AS history
  FROM shipment WHERE ${where} AND status <> 'planned'`;
const ofOrder = statement('of_order', tracked('order_id = $1'));
const byId = statement('by_id', tracked('id = $1'));
const byTrackingCode = statement('by_tracking', `${tracked('tracking_code = $1')} ORDER BY created_at DESC LIMIT 1`);
const audit = statement(
  'audit',
  `SELECT id, order_id, CASE WHEN refusal IS NULL THEN status ELSE 'refused' END AS status, created_at FROM shipment
  WHERE owner_id IS NOT NULL AND id > $1 ORDER BY id LIMIT $2`,
);

/** Shipments in PostgreSQL. */
export class PgShipments implements ShipmentStore, Shipments {
  constructor(private readonly database: Database) {}

  async plan(tx: Tx, { orderId, ownerId, parcels }: Parameters<ShipmentStore['plan']>[1]): Promise<Shipment> {
    const [row] = await sessionOf(tx).query<Row>(plan, [newUuid(), orderId, ownerId, JSON.stringify(parcels)]);
    if (!row) throw new Error(`the shipment of ${orderId} was neither made nor found`);
    return shipmentOf(row);
  }

  async lockByOrder(tx: Tx, orderId: string): Promise<Shipment | undefined> {
    const [row] = await sessionOf(tx).query<Row>(lockByOrder, [orderId]);
    return row && shipmentOf(row);
  }

  async lockByLabel(tx: Tx, carrier: string, labelId: string): Promise<Shipment | undefined> {
    const [row] = await sessionOf(tx).query<Row>(lockByLabel, [carrier, labelId]);
    return row && shipmentOf(row);
  }

  async lockByTrackingCode(tx: Tx, carrier: string, trackingCode: string): Promise<Shipment | undefined> {
    const [row] = await sessionOf(tx).query<Row>(lockByTrackingCode, [carrier, trackingCode]);
    return row && shipmentOf(row);
  }

  async stop(tx: Tx, shipmentId: string): Promise<void> {
    await sessionOf(tx).query(stop, [shipmentId]);
  }

  async letGo(tx: Tx, shipmentId: string): Promise<void> {
    await sessionOf(tx).query(letGo, [shipmentId]);
  }

  async label(tx: Tx, shipmentId: string, { carrier, labelId, trackingCode, at }: Parameters<ShipmentStore['label']>[2]): Promise<void> {
    await sessionOf(tx).query(label, [shipmentId, carrier, labelId, trackingCode, at]);
  }

  async move(tx: Tx, shipmentId: string, status: string, at: Date): Promise<void> {
    await sessionOf(tx).query(move, [shipmentId, status, at]);
  }

  async keepDraft(orderId: string, draftId: string): Promise<string> {
    const [row] = await this.database.query<{ draft_id: string }>(keepDraft, [orderId, draftId]);
    if (!row) throw new Error(`there is no shipment of ${orderId} to keep a draft of`);
    return row.draft_id;
  }

  async refuse(orderId: string, because: string): Promise<void> {
    await this.database.query(refuse, [orderId, because]);
  }

  async takeSilent(carrier: string, silentMs: number): ReturnType<ShipmentStore['takeSilent']> {
    const [row] = await this.database.query<Label>(takeSilent, [silentMs, carrier]);
    return row;
  }

  async takeWebhook(tx: Tx, webhookId: string): Promise<boolean> {
    return (await sessionOf(tx).query(takeWebhook, [webhookId])).length > 0;
  }

  ofOrder(orderId: string): Promise<readonly Tracked[]> {
    return this.read(ofOrder, orderId);
  }

  async byId(id: string): Promise<Tracked | undefined> {
    return (await this.read(byId, id))[0];
  }

  async byTrackingCode(trackingCode: string): Promise<Tracked | undefined> {
    return (await this.read(byTrackingCode, trackingCode))[0];
  }

  /** One fact per order's shipment: its status, or `refused`; the cursor is the last id. */
  readonly auditFacts: NonNullable<Composition['auditFacts']> = async (cursor, limit) => {
    const rows = await this.database.query<{ id: string; order_id: string; status: string; created_at: Date }>(audit, [
      factCursor(cursor),
      limit,
    ]);
    const facts = rows.map((row) => ({
      kind: 'shipment',
      subject: toPublicId('order', row.order_id),
      detail: row.status,
      at: row.created_at.toISOString(),
    }));
    return { facts, nextCursor: rows.length === limit ? (rows.at(-1)?.id ?? '') : '' };
  };

  private async read(by: Statement, value: string): Promise<readonly Tracked[]> {
    const rows = await this.database.query<TrackedRow>(by, [value]);
    return rows.map((row) => ({ ...shipmentOf(row), history: row.history.map(({ status, at }) => ({ status, at: new Date(at) })) }));
  }
}

function shipmentOf(row: Row): Shipment {
  return {
    id: row.id,
    orderId: row.order_id,
    ownerId: row.owner_id,
    status: row.status,
    carrier: row.carrier,
    labelId: row.label_id,
    draftId: row.draft_id,
    trackingCode: row.tracking_code,
    parcels: row.parcels,
    isStopped: row.is_stopped,
  };
}
