import { setTimeout as sleep } from 'node:timers/promises';
import type { Now } from '@tandem/kernel';
import { Unavailable } from '@tandem/messaging';
import { z } from 'zod';
import type { Carrier, Drafts, Label, LabelAnswer, LabelDocument, LabelOrder, Whereabouts } from '../domain/carrier.js';
import { codeOf, type EasyPostAccess, type EasyPostCalls, easypostCalls, type Said } from './easypost-calls.js';
import { movementOf } from './easypost-trackers.js';

const Rate = z.object({ id: z.string(), rate: z.coerce.number(), delivery_days: z.number().nullish() });
/** Source: https://docs.easypost.com/docs/shipments, "Shipment object". */
const Shipment = z.object({
  id: z.string(),
  created_at: z.iso.datetime({ offset: true }),
  tracking_code: z.string().nullish(),
  refund_status: z.string().nullish(),
  selected_rate: z.object({ delivery_date: z.string().nullish() }).nullish(),
  rates: z.array(Rate).default([]),
  messages: z.array(z.object({ carrier: z.string().nullish(), type: z.string().nullish() })).nullish(),
  postage_label: z.object({ label_pdf_url: z.url().nullish() }).nullish(),
  tracker: z.object({ status: z.string(), status_detail: z.string().nullish(), est_delivery_date: z.string().nullish() }).nullish(),
});
type Shipment = z.infer<typeof Shipment>;
/** What asking for rates again answers: the rates alone. Source: the recordings of EasyPost's libraries, `regenerate_rates`. */
const Rerate = z.object({ rates: z.array(Rate) });
const Trackers = z.object({
  trackers: z.array(z.object({ status: z.string(), status_detail: z.string().nullish(), shipment_id: z.string().nullish() })),
});
const Address = z.looseObject({
  name: z.string().optional(),
  line1: z.string(),
  line2: z.string().optional(),
  city: z.string(),
  postalCode: z.string(),
  region: z.string().optional(),
  country: z.string(),
  phone: z.string().optional(),
});

/** Where parcels are sent from. Source: https://docs.easypost.com/docs/addresses */
export type EasyPostAddress = {
  readonly name?: string | undefined;
  readonly company?: string | undefined;
  readonly street1: string;
  readonly street2?: string | undefined;
  readonly city: string;
  readonly state?: string | undefined;
  readonly zip: string;
  readonly country: string;
  readonly phone?: string | undefined;
};

/** Purchases of which EasyPost itself does not know yet how they end, and pauses before it is asked again, milliseconds. */
const undecided = new Set(['SHIPMENT.POSTAGE.NO_RESPONSE', 'SHIPMENT.POSTAGE.TIMED_OUT', 'SHIPMENT.PURCHASE.IN_PROGRESS']);
const pausesMs: readonly number[] = [250, 500, 1_000];
/** Paid for already. */
const sold = 'SHIPMENT.POSTAGE.EXISTS';
/** For so long after it was begun a shipment without rates may still get some, milliseconds: the last retry of a message is later (docs/messaging.md, "When a message fails"). */
const patienceMs = 45 * 60_000;
/** The funds of a label that went back come later; the label cannot be used any more. */
const givenBack = new Set(['submitted', 'refunded']);

/**
 * EasyPost, which buys labels at many carriers. It has no idempotency keys: a shipment is begun, which costs nothing, the first one begun is kept, and EasyPost
 * sees to it that a shipment has one label. See docs/adr/0021-a-label-is-begun-kept-and-bought.md.
 */
export function easypostCarrier(
  options: EasyPostAccess & { readonly from: EasyPostAddress; readonly now: Now },
): Carrier & { close(): Promise<void> } {
  const calls = easypostCalls(options);
  return {
    name: 'easypost',
    labelsEach: 'parcel',
    buyLabel: (order, drafts) => buyLabel(calls, { order, drafts, from: options.from, now: options.now }),
    track: (label) => track(calls, label),
    labelDocument: (labelId) => labelDocument(calls, labelId),
    voidLabel: (labelId) => voidLabel(calls, labelId, options.now),
    close: () => calls.close(),
  };
}

type Buying = { readonly order: LabelOrder; readonly drafts: Drafts; readonly from: EasyPostAddress; readonly now: Now };

async function buyLabel(calls: EasyPostCalls, { order, drafts, from, now }: Buying): Promise<LabelAnswer> {
  const begun = drafts.kept === null ? await begin(calls, order, from) : await rerated(calls, drafts.kept);
  if ('kind' in begun) return begun;
  const id = await drafts.keep(begun.id);
  const shipment = id === begun.id ? begun : await found(calls, id);
  const bought = boughtAs(shipment);
  if (bought) return bought;
  if (shipment.selected_rate) throw soldWithoutLabel(id);
  const rate = rateFor(order.service, shipment.rates);
  if (!rate) return unrated(shipment, now());
  const said = await calls.ask('POST', `/shipments/${encodeURIComponent(id)}/buy`, { rate: { id: rate.id } });
  const known = said.status < 300 ? boughtAs(shipmentOf(said)) : await bestKnown(calls, id, codeOf(said));
  if (known) return known;
  if (said.status < 300 || codeOf(said) === sold) throw soldWithoutLabel(id);
  return refusalOf(said);
}

function soldWithoutLabel(id: string): Error {
  return new Error(`EasyPost has sold ${id}, and has no label of it yet`);
}

const undeliverable: LabelAnswer = { kind: 'refused', because: 'undeliverable' };

/**
 * No rates, though carriers were asked. What they say of it is in words of their own, the same for an address they do not know and for their rating being down:
 * so it rejects, and the order alone is tried again, until the shipment is so old that it is the address. Source: https://docs.easypost.com/docs/shipments/messages
 */
function unrated(shipment: Shipment, now: Date): LabelAnswer {
  if (!isYoung(shipment, now)) return undeliverable;
  const { id, messages } = shipment;
  const carriers = new Set((messages ?? []).map(({ carrier }) => carrier ?? 'EasyPost'));
  throw new Error(`no rates for ${id} yet from ${[...carriers].join(', ') || 'any carrier'}`);
}

function isYoung({ created_at: begunAt }: Shipment, now: Date): boolean {
  return now.getTime() - Date.parse(begunAt) <= patienceMs;
}

/** A shipment that nothing was bought for. No rates, and nobody who failed to give some: no carrier of the account goes there. */
async function begin(
  calls: EasyPostCalls,
  { orderId, shippingAddress, parcels }: LabelOrder,
  from: EasyPostAddress,
): Promise<Shipment | LabelAnswer> {
  const to = Address.safeParse(shippingAddress);
  if (!to.success) return undeliverable;
  const { name, line1: street1, line2: street2, city, region: state, postalCode: zip, country, phone } = to.data;
  const grams = parcels.reduce((sum, { weightGrams }) => sum + weightGrams, 0);
  const ounces = Math.max(0.1, Math.round(grams / 2.8349523125) / 10);
  const wish = {
    to_address: { name, street1, street2, city, state, zip, country, phone },
    from_address: from,
    parcel: { weight: ounces },
    reference: orderId,
    options: { label_format: 'PDF', invoice_number: orderId },
  };
  const said = await calls.ask('POST', '/shipments', { shipment: wish });
  if (said.status >= 400) return refusalOf(said);
  const shipment = shipmentOf(said);
  return shipment.rates.length > 0 || shipment.messages?.some(({ type }) => type === 'rate_error') ? shipment : undeliverable;
}

/** What was begun earlier, with rates of today unless it was bought. It is not there when it was begun at another carrier. */
async function rerated(calls: EasyPostCalls, id: string): Promise<Shipment | LabelAnswer> {
  const kept = await calls.ask('GET', `/shipments/${encodeURIComponent(id)}`);
  if (kept.status === 404) return { kind: 'refused', because: 'draft-not-found' };
  const shipment = shipmentOf(kept);
  if (boughtAs(shipment)) return shipment;
  const said = await calls.ask('POST', `/shipments/${encodeURIComponent(id)}/rerate`);
  return said.status < 300 ? { ...shipment, ...parsed(Rerate, said) } : shipment;
}

/** What became of a purchase that EasyPost did not say yes to: it may have been made before, or be under way. `undefined`: it was not made. */
async function bestKnown(calls: EasyPostCalls, id: string, code: string): Promise<LabelAnswer | undefined> {
  for (const pauseMs of undecided.has(code) ? pausesMs : [0]) {
    await sleep(pauseMs);
    const bought = boughtAs(await found(calls, id));
    if (bought) return bought;
  }
  if (undecided.has(code)) throw new Error(`EasyPost does not know yet whether it has sold ${id}: ${code}`);
  return undefined;
}

/** `standard` is the cheapest, `express` the quickest, and of those the cheapest. */
function rateFor(service: string, rates: Shipment['rates']): Shipment['rates'][number] | undefined {
  const days = (rate: Shipment['rates'][number]): number => rate.delivery_days ?? 99;
  return [...rates].sort((one, other) => (service === 'express' ? days(one) - days(other) : 0) || one.rate - other.rate)[0];
}

async function track(calls: EasyPostCalls, { labelId, trackingCode }: Label): Promise<Whereabouts> {
  const said = await calls.ask('GET', `/trackers?tracking_code=${encodeURIComponent(trackingCode)}`);
  const trackers = said.status < 300 ? parsed(Trackers, said).trackers : [];
  const tracker = trackers.find(({ shipment_id: shipment }) => shipment === labelId); // carriers use codes again
  if (!tracker) return 'unknown';
  const movement = movementOf(tracker);
  return movement ?? (isGivenBack(await found(calls, labelId)) ? 'voided' : 'created');
}

async function labelDocument(calls: EasyPostCalls, labelId: string): Promise<LabelDocument> {
  const said = await calls.ask('GET', `/shipments/${encodeURIComponent(labelId)}/label?file_format=PDF`);
  if (said.status >= 300) return { kind: 'none' };
  const { data: shipment, error } = Shipment.safeParse(said.body);
  if (!shipment) throw new Unavailable('carrier', { cause: strange(said, error) }); // staff wait for it, no messages
  if (isGivenBack(shipment)) return { kind: 'voided' };
  const url = shipment.postage_label?.label_pdf_url;
  return url ? { kind: 'document', pdf: await calls.fetch(url) } : { kind: 'none' };
}

/** A carrier that bills what it scans has nothing to give back (`not_applicable`): a label that is not used costs nothing. */
async function voidLabel(calls: EasyPostCalls, labelId: string, now: Now): Promise<'voided' | 'dispatched'> {
  const path = `/shipments/${encodeURIComponent(labelId)}`;
  const before = await calls.ask('GET', path);
  if (before.status >= 300) return 'dispatched'; // none of ours: nothing was taken back
  const shipment = shipmentOf(before);
  if (isGivenBack(shipment)) return 'voided';
  if (shipment.tracker && movementOf(shipment.tracker)) return 'dispatched';
  const said = await calls.ask('POST', `${path}/refund`);
  if (said.status >= 300) return notGivenBack(shipment, now());
  const after = shipmentOf(said);
  return isGivenBack(after) || after.refund_status === 'not_applicable' ? 'voided' : 'dispatched';
}

/** There is nothing to give back of what was not sold; while a purchase may still be under way, that is not known, so it rejects and is asked again. */
function notGivenBack(shipment: Shipment, now: Date): 'dispatched' {
  if (!boughtAs(shipment) && isYoung(shipment, now)) throw new Error(`EasyPost may still sell ${shipment.id}`);
  return 'dispatched';
}

async function found(calls: EasyPostCalls, id: string): Promise<Shipment> {
  return shipmentOf(await calls.ask('GET', `/shipments/${encodeURIComponent(id)}`));
}

function isGivenBack({ refund_status: status }: Shipment): boolean {
  return givenBack.has(status ?? '');
}

function boughtAs(shipment: Shipment): LabelAnswer | undefined {
  const { id, postage_label: label, tracking_code: trackingCode } = shipment;
  return label && trackingCode ? { kind: 'bought', labelId: id, trackingCode, estimatedDelivery: estimateOf(shipment) } : undefined;
}

/** The day the carrier behind EasyPost names, its tracker's before its rate's; most name none. Source: https://docs.easypost.com/docs/trackers, `est_delivery_date`; /shipments/rates, `delivery_date`. */
function estimateOf({ tracker, selected_rate: rate }: Shipment): string | undefined {
  return /^\d{4}-\d{2}-\d{2}/.exec(tracker?.est_delivery_date ?? rate?.delivery_date ?? '')?.[0];
}

/** `ADDRESS.VERIFY.FAILURE` is a place nobody can go to; any other code is told with hyphens. */
function refusalOf(said: Said): LabelAnswer {
  const code = codeOf(said);
  return code.startsWith('ADDRESS.') ? undeliverable : { kind: 'refused', because: code.toLowerCase().replace(/[^a-z0-9]+/g, '-') };
}

function shipmentOf(said: Said): Shipment {
  return parsed(Shipment, said);
}

/** An answer that is no object, a page of somebody in between, is none of EasyPost's. Any other that is not as its reference says is about this one shipment. */
function parsed<T>(schema: z.ZodType<T>, said: Said): T {
  const { success, data, error } = schema.safeParse(said.body);
  if (success) return data;
  const isEasyPosts = typeof said.body === 'object' && said.body !== null && !Array.isArray(said.body);
  throw isEasyPosts ? strange(said, error) : new Unavailable('carrier', { cause: strange(said, error) });
}

function strange(said: Said, cause: z.ZodError): Error {
  return new Error(`EasyPost answered ${codeOf(said)}, not as its reference says`, { cause });
}
