import { newUuid } from '@tandem/host';
import { type Database, sessionOf, type Statement, type Tx } from '@tandem/kernel';
import type { ParcelLabel, ParcelPlan, Shipment, ShipmentStatus } from '../domain/shipment.js';
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
  labels: readonly ParcelLabel[];
  drafts: Readonly<Record<string, number>>;
  parcels: readonly ParcelPlan[];
  estimated_delivery: string | null;
  is_stopped: boolean;
};
type TrackedRow = Row & { history: readonly { status: string; at: string }[] };

const columns =
  'id, order_id, owner_id, status, carrier, label_id, draft_id, tracking_code, labels, drafts, parcels, estimated_delivery, stopped_at IS NOT NULL AS is_stopped';
const statement = (name: string, text: string): Statement => ({ name: `shipping_${name}`, text });

const plan = statement(
  'plan',
  `INSERT INTO shipment (id, order_id, owner_id, status, parcels) VALUES ($1, $2, $3, 'planned', $4)
  ON CONFLICT (order_id) DO UPDATE SET owner_id = coalesce(shipment.owner_id, excluded.owner_id),
    parcels = CASE WHEN shipment.owner_id IS NULL THEN excluded.parcels ELSE shipment.parcels END RETURNING ${columns}`,
);
const lockByOrder = statement('lock_order', `SELECT ${columns} FROM shipment WHERE order_id = $1 FOR UPDATE`);
/** A shipment with several labels has them in `labels`; the columns hold the first one, and the only one of others. */
const ofCode = (code: string): string =>
  `(tracking_code = ${code} OR (labels <> '[]' AND labels @> jsonb_build_array(jsonb_build_object('trackingCode', ${code}::text))))`;
/** One statement for all, so that a label which comes in between is not missed. */
const lockByLabel = statement(
  'lock_label',
  `SELECT ${columns} FROM shipment WHERE (carrier = $1 AND label_id = $2) OR (draft_id = $2 AND status = 'planned')
    OR (labels <> '[]' AND labels @> jsonb_build_array(jsonb_build_object('labelId', $2::text)) AND carrier = $1) OR (drafts <> '{}' AND drafts ? $2::text AND status = 'planned') FOR UPDATE`,
);
const lockByTrackingCode = statement(
  'lock_tracking',
  `SELECT ${columns} FROM shipment WHERE carrier = $1 AND ${ofCode('$2')} ORDER BY created_at DESC LIMIT 1 FOR UPDATE`,
);
const stop = statement('stop', 'UPDATE shipment SET stopped_at = coalesce(stopped_at, now()) WHERE id = $1');
const letGo = statement('let_go', "UPDATE shipment SET stopped_at = NULL, heard_at = 'epoch' WHERE id = $1");
const label = statement(
  'label',
  `WITH entry AS (INSERT INTO tracking_entry (shipment_id, status, at) VALUES ($1, 'created', $5))
  UPDATE shipment SET status = 'created', carrier = $2, label_id = $3, tracking_code = $4, labels = $6, estimated_delivery = $7, heard_at = now(), refusal = NULL WHERE id = $1`,
);
const move = statement(
  'move',
  `WITH entry AS (INSERT INTO tracking_entry (shipment_id, status, at) SELECT id, $2::text, $3::timestamptz FROM shipment WHERE id = $1 AND status <> $2::text)
  UPDATE shipment SET status = $2, labels = $4, heard_at = now() WHERE id = $1`,
);
const silent = (which: string): string =>
  `(SELECT id FROM shipment WHERE ${which} AND stopped_at IS NULL AND carrier = $2 AND heard_at < now() - $1 * interval '1 ms' ORDER BY heard_at LIMIT 1 FOR UPDATE SKIP LOCKED)`;
/** A shipment that is under way, or of which one parcel is, beside another that is lost or came back. */
const takeSilent = statement(
  'take_silent',
  `UPDATE shipment SET heard_at = now() WHERE id = coalesce(${silent(`status IN ('created', 'in-transit')`)},
    ${silent(`status IN ('lost', 'returned') AND labels <> '[]' AND labels @? '$[*] ? (@.status == "created" || @.status == "in-transit")'`)}) RETURNING ${columns}`,
);
const keepDraft = statement(
  'keep_draft',
  'UPDATE shipment SET draft_id = coalesce(draft_id, $2) WHERE order_id = $1 RETURNING draft_id AS draft',
);
/** Of one more label: the first that was begun for its place stays. */
const keepAnother = statement(
  'keep_another_draft',
  `UPDATE shipment SET drafts = drafts || CASE WHEN EXISTS (SELECT FROM jsonb_each(drafts) d WHERE d.value = to_jsonb($3::int)) THEN '{}' ELSE jsonb_build_object($2::text, $3::int) END
  WHERE order_id = $1 RETURNING (SELECT d.key FROM jsonb_each(drafts) d WHERE d.value = to_jsonb($3::int)) AS draft`,
);
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
const byTrackingCode = statement('by_tracking', `${tracked(ofCode('$1'))} ORDER BY created_at DESC LIMIT 1`);

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

  async label(
    tx: Tx,
    shipmentId: string,
    { carrier, labels, estimatedDelivery, at }: Parameters<ShipmentStore['label']>[2],
  ): Promise<void> {
    const bought = labels.map(({ labelId, trackingCode }): ParcelLabel => ({ labelId, trackingCode, status: 'created' }));
    const [first] = bought;
    await sessionOf(tx).query(label, [shipmentId, carrier, first?.labelId, first?.trackingCode, at, several(bought), estimatedDelivery]);
  }

  async move(tx: Tx, shipmentId: string, { status, labels, at }: Parameters<ShipmentStore['move']>[2]): Promise<void> {
    await sessionOf(tx).query(move, [shipmentId, status, at, several(labels)]);
  }

  async keepDraft(orderId: string, place: number, draftId: string): Promise<string> {
    const [row] = await this.database.query<{ draft: string }>(
      place === 0 ? keepDraft : keepAnother,
      place === 0 ? [orderId, draftId] : [orderId, draftId, place],
    );
    if (!row) throw new Error(`there is no shipment of ${orderId} to keep a draft of`);
    return row.draft;
  }

  async refuse(orderId: string, because: string): Promise<void> {
    await this.database.query(refuse, [orderId, because]);
  }

  async takeSilent(carrier: string, silentMs: number): ReturnType<ShipmentStore['takeSilent']> {
    const [row] = await this.database.query<Row>(takeSilent, [silentMs, carrier]);
    return row && shipmentOf(row).labels.filter(({ status }) => status === 'created' || status === 'in-transit');
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
    labels: labelsOf(row),
    drafts: Object.entries(row.drafts).reduce((drafts, [id, place]) => drafts.with(place, id), firstDrafts(row)),
    parcels: row.parcels,
    estimatedDelivery: row.estimated_delivery,
    isStopped: row.is_stopped,
  };
}

/** A place for every parcel, and the first one's draft. */
function firstDrafts({ draft_id: first, parcels }: Row): (string | null)[] {
  return Array.from({ length: Math.max(1, parcels.length) }, (_, place) => (place === 0 ? first : null));
}

/** The only label of a shipment goes where the shipment goes. */
function labelsOf({ labels, label_id: labelId, tracking_code: trackingCode, status }: Row): readonly ParcelLabel[] {
  if (labels.length > 0) return labels;
  return labelId === null || trackingCode === null || status === 'planned' ? [] : [{ labelId, trackingCode, status }];
}

/** Labels as they are stored beside the columns that hold the first one. */
function several(labels: readonly ParcelLabel[]): string {
  return JSON.stringify(labels.length > 1 ? labels : []);
}
