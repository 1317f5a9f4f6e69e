import { type Currency, type Database, type Session, sessionOf, type Statement, type Tx } from '@tandem/kernel';
import type { Address, Cart, CartChange, Line } from '../domain/cart.js';
import type { CartStore, NewCart } from '../domain/ports.js';

type Row = {
  id: string;
  owner_id: string;
  currency: Currency;
  locale: string;
  version: string;
  status: 'open' | 'ordered';
  order_id: string | null;
  email: string | null;
  shipping_address: Address | null;
  shipping_option_id: string | null;
  points_to_redeem: string;
  promotion_code: string | null;
  lines: readonly Line[];
};

const statement = (name: string, text: string): Statement => ({ name: `cart_${name}`, text });
const columns = `c.id, c.owner_id, c.currency, c.locale, c.version, c.status, c.order_id, c.email, c.shipping_address, c.shipping_option_id, c.points_to_redeem, c.promotion_code,
  coalesce((SELECT json_agg(json_strip_nulls(json_build_object('id', l.id, 'variantId', l.variant_id, 'quantity', l.quantity, 'seats', nullif(l.seats, '{}'))) ORDER BY l.position) FROM cart_line l WHERE l.cart_id = c.id), '[]') AS lines`;
const touch = `UPDATE cart SET version = version + 1, updated_at = now() WHERE id = $1`;

const create = statement('create', `INSERT INTO cart AS c (id, owner_id, currency, locale) VALUES ($1, $2, $3, $4) RETURNING ${columns}`);
const find = statement('find', `SELECT ${columns} FROM cart c WHERE c.id = $1`);
const lockRow = statement('lock', 'SELECT version FROM cart WHERE id = $1 FOR UPDATE');
const putLines = statement(
  'put_lines',
  `WITH touched AS (${touch})
  INSERT INTO cart_line (id, cart_id, variant_id, quantity, seats)
  SELECT id, $1, variant_id, quantity, ARRAY(SELECT json_array_elements_text(seats))
  FROM unnest($2::uuid[], $3::uuid[], $4::int[], $5::json[]) WITH ORDINALITY AS line (id, variant_id, quantity, seats, place) ORDER BY place
  ON CONFLICT (cart_id, variant_id) DO UPDATE SET quantity = excluded.quantity, seats = excluded.seats`,
);
/** Of what was decided on version `$2`, all or nothing: every write of a cart, its lines included, raises the version. */
const touchSeen = `${touch} AND version = $2 RETURNING id`;
const saveLine = statement(
  'save_line',
  `WITH touched AS (${touchSeen}), put AS (
    INSERT INTO cart_line (id, cart_id, variant_id, quantity, seats) SELECT $3, touched.id, $4, $5, $6 FROM touched
    ON CONFLICT (cart_id, variant_id) DO UPDATE SET quantity = excluded.quantity, seats = excluded.seats)
  SELECT id FROM touched`,
);
const removeLine = statement(
  'remove_line',
  `WITH touched AS (${touchSeen}), gone AS (DELETE FROM cart_line USING touched WHERE cart_id = touched.id AND cart_line.id = $3)
  SELECT id FROM touched`,
);
const saveDetails = statement(
  'save_details',
  `UPDATE cart SET email = coalesce($3, email), shipping_address = coalesce($4, shipping_address),
  shipping_option_id = coalesce($5, shipping_option_id), points_to_redeem = coalesce($6, points_to_redeem), promotion_code = nullif(coalesce($7, promotion_code), ''),
  version = version + 1, updated_at = now() WHERE id = $1 AND version = $2 RETURNING id`,
);
const order = statement(
  'order',
  `UPDATE cart SET status = 'ordered', order_id = $2, version = version + 1, updated_at = now() WHERE id = $1 AND status = 'open' RETURNING id`,
);
const openOf = statement(
  'open_of',
  `SELECT ${columns} FROM cart c WHERE c.owner_id = $1 AND c.status = 'open' ORDER BY c.created_at DESC, c.id DESC LIMIT 20`,
);
const handOver = statement(
  'hand_over',
  `UPDATE cart SET owner_id = $2, version = version + 1, updated_at = now() WHERE owner_id = $1 AND status = 'open'`,
);
const remove = statement('remove', 'DELETE FROM cart WHERE id = $1');

/** Carts in PostgreSQL. */
export class PgCartStore implements CartStore {
  constructor(private readonly database: Database) {}

  async create({ id, ownerId, currency, locale }: NewCart, tx?: Tx): Promise<Cart> {
    const [row] = await this.session(tx).query<Row>(create, [id, ownerId, currency, locale]);
    if (!row) throw new Error(`the cart ${id} was not written`);
    return cartOf(row);
  }

  find(id: string): Promise<Cart | undefined> {
    return this.read(this.database, id);
  }

  /** Lock first, read then: a snapshot taken together with the lock could show lines from before it. Every write raises the version. */
  async lock(tx: Tx, id: string, seen?: Cart): Promise<Cart | undefined> {
    const session = sessionOf(tx);
    const [row] = await session.query<{ version: string }>(lockRow, [id]);
    if (!row) return undefined;
    return seen?.id === id && seen.version === BigInt(row.version) ? seen : this.read(session, id);
  }

  async putLines(tx: Tx, cartId: string, lines: readonly Line[]): Promise<void> {
    if (lines.length === 0) return;
    await sessionOf(tx).query(putLines, [
      cartId,
      lines.map(({ id }) => id),
      lines.map(({ variantId }) => variantId),
      lines.map(({ quantity }) => quantity),
      lines.map(({ seats = [] }) => JSON.stringify(seats)),
    ]);
  }

  async save({ id, version }: Pick<Cart, 'id' | 'version'>, change: CartChange, tx?: Tx): Promise<boolean> {
    if (change.kind === 'nothing') return true;
    const [write, values] = writeOf(change);
    return (await this.session(tx).query(write, [id, version, ...values])).length > 0;
  }

  async order(tx: Tx, cartId: string, orderId: string): Promise<boolean> {
    return (await sessionOf(tx).query(order, [cartId, orderId])).length > 0;
  }

  async openOf(ownerId: string): Promise<readonly Cart[]> {
    return (await this.database.query<Row>(openOf, [ownerId])).map(cartOf);
  }

  async handOver(tx: Tx, fromId: string, toId: string): Promise<void> {
    await sessionOf(tx).query(handOver, [fromId, toId]);
  }

  async remove(tx: Tx, cartId: string): Promise<void> {
    await sessionOf(tx).query(remove, [cartId]);
  }

  private session(tx: Tx | undefined): Session {
    return tx ? sessionOf(tx) : this.database;
  }

  private async read(session: Session, id: string): Promise<Cart | undefined> {
    const [row] = await session.query<Row>(find, [id]);
    return row && cartOf(row);
  }
}

function writeOf(change: Exclude<CartChange, { kind: 'nothing' }>): readonly [Statement, readonly unknown[]] {
  switch (change.kind) {
    case 'line-put':
      return [saveLine, [change.line.id, change.line.variantId, change.line.quantity, change.line.seats ?? []]];
    case 'line-removed':
      return [removeLine, [change.lineId]];
    case 'details': {
      const { email, shippingAddress, shippingOptionId, pointsToRedeem, promotionCode } = change.details;
      const code = promotionCode === null ? '' : (promotionCode ?? null); // the statement takes '' for none, and null for "as it is"
      return [
        saveDetails,
        [email ?? null, shippingAddress ? JSON.stringify(shippingAddress) : null, shippingOptionId ?? null, pointsToRedeem ?? null, code],
      ];
    }
  }
}

function cartOf(row: Row): Cart {
  return {
    id: row.id,
    ownerId: row.owner_id,
    currency: row.currency,
    locale: row.locale,
    version: BigInt(row.version),
    status: row.status,
    orderId: row.order_id,
    email: row.email,
    shippingAddress: row.shipping_address,
    shippingOptionId: row.shipping_option_id,
    pointsToRedeem: BigInt(row.points_to_redeem),
    promotionCode: row.promotion_code,
    lines: row.lines,
  };
}
