import type { Tx } from '@tandem/kernel';
import type { Attempt, Delivery, Outcome } from './delivery.js';
import type { Endpoint, EventType } from './endpoint.js';

/** What an event says of an order; `ownerId` is null where the event does not know (a guest's order, but for its confirmation). */
export type OrderFact = {
  readonly eventId: string;
  readonly event: EventType;
  readonly orderId: string;
  readonly ownerId: string | null;
  readonly isGuest: boolean;
  readonly payload: string;
};

export type NewEndpoint = {
  readonly id: string;
  readonly ownerId: string;
  readonly url: string;
  readonly events: readonly EventType[];
  readonly secret: string;
};
export type EndpointChange = { readonly url?: string; readonly events?: readonly EventType[]; readonly isEnabled?: boolean };

/** Endpoints of their owners. What belongs to another owner is not found. */
export type Endpoints = {
  /** `undefined` when the owner has as many as there may be. */
  create(tx: Tx, endpoint: NewEndpoint): Promise<Endpoint | undefined>;
  /** Newest first; `before` is the last sequence of the page before. */
  ofOwner(ownerId: string, before: bigint | null, limit: number): Promise<readonly Endpoint[]>;
  find(ownerId: string, id: string): Promise<Endpoint | undefined>;
  /** One that fails is tried at once when it is enabled or gets another address, and is a failing one until it takes something. */
  update(ownerId: string, id: string, change: EndpointChange): Promise<Endpoint | undefined>;
  /** Its deliveries go with it. */
  delete(ownerId: string, id: string): Promise<boolean>;
  rotate(tx: Tx, ownerId: string, rotation: { readonly id: string; readonly secret: string }): Promise<Endpoint | undefined>;
  deliveries(endpointId: string, before: bigint | null, limit: number): Promise<readonly Delivery[]>;
  /** Due at once, also while the endpoint is given a pause, under the same id, for another three days; `undefined` when there is none. */
  resend(tx: Tx, endpointId: string, id: string): Promise<Delivery | undefined>;
};

/** Who can be looked after: everything one attempt needs. */
export type DueDelivery = {
  readonly id: string;
  readonly endpointId: string;
  readonly ownerId: string;
  readonly url: string;
  /** The newest first; all of them sign. */
  readonly secrets: readonly string[];
  readonly payload: string;
  readonly attempts: number;
  readonly leftMs: number;
  readonly failingForMs: number;
};

/** Attempts at once that a process makes, in all, for one owner, and at one endpoint. */
export type Room = { readonly inAll: number; readonly perOwner: number; readonly perEndpoint: number };

/** Whose deliveries there is room for. `atEndpoints` and `forOwners` name who has attempts in hand, once per attempt. */
export type Wanted = {
  /** Of endpoints that have taken something at their address and not failed since; else of all others. */
  readonly isFit: boolean;
  readonly room: Omit<Room, 'inAll'>;
  readonly atEndpoints: readonly string[];
  readonly forOwners: readonly string[];
};

/** What is owed to endpoints. */
export type DeliveryQueue = {
  /** One delivery for each endpoint of the owner that wants the event, once per event however often it comes. Answers how many. Keeps whose a guest's order is. */
  plan(tx: Tx, fact: OrderFact): Promise<number>;
  /**
   * At most so many due deliveries of fit or of doubtful endpoints, leased to the caller, who has no more in hand with them than there may be. Within an endpoint and an
   * order only the oldest. Costs by how many endpoints are owed something, not by how many there are.
   */
  take(want: Wanted, places: number): Promise<readonly DueDelivery[]>;
  /** In how many ms something becomes due that there is room for; `null` when there is no such thing: then nothing can be taken before an attempt ends. Costs as `take`. */
  nextDueMs(want: Wanted): Promise<number | null>;
  /** What went wrong at an address the endpoint no longer has is not held against it; a delivery that address ended is due again at the new one. */
  settle(due: Pick<DueDelivery, 'id' | 'endpointId' | 'url'>, attempt: Attempt, outcome: Outcome): Promise<void>;
};

/** What is sent: the id, when and the bytes that are signed. */
export type Message = { readonly id: string; readonly at: Date; readonly payload: string; readonly secrets: readonly string[] };

/** The way to the outside. Never rejects. */
export type Sender = {
  send(url: string, message: Message): Promise<Attempt>;
  /** Whether an address may be told at all, as far as is known now. */
  mayTell(url: URL): Promise<boolean>;
};
