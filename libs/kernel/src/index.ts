export {
  type Currency,
  type Money,
  add,
  currencies,
  equals,
  isCurrency,
  minorPerUnit,
  money,
  subtract,
  sum,
  times,
  toDecimal,
  zero,
} from './money.js';
export { apportion } from './apportion.js';
export { gather } from './gather.js';
export { BrokenInvariant, invariant } from './invariant.js';
export {
  type CartId,
  type CustomerId,
  type Id,
  type IdKind,
  type LineId,
  type OrderId,
  type PaymentId,
  type ProductId,
  type RefundId,
  type ShipmentId,
  type VariantId,
  idPrefixes,
  isUuid,
} from './ids.js';
export { type Database, type Session, type Statement, type Tx, type TxSession, sessionOf } from './transaction.js';
export { normalizeOrderNumber } from './order-number.js';
export type { Now } from './clock.js';
export { factOf } from './event-type.js';
