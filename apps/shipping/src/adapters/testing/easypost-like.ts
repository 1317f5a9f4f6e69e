import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { errorShape, labelShape, ratesShape, type Shape, shipmentShape, trackerShape } from './easypost-shapes.js';

type Answer = { readonly status: number; readonly body: unknown };

/** A server that answers as EasyPost's reference says EasyPost does, for what the shop asks of it. */
export type EasyPostLike = {
  readonly url: string;
  readonly key: string;
  /** What was asked, in order: `POST /v2/shipments` and so on, ids left out. */
  readonly asked: string[];
  /** Answers before a request is looked at, for the next ones in turn, or, while it is set, for all of them. */
  readonly next: Answer[];
  always: Answer | undefined;
  /** The next purchase is made, and its answer is this. */
  afterPurchase: Answer | undefined;
  /** No carrier gives rates; each says so in a message. */
  isRatingDown: boolean;
  /** What is bought is paid, and shows neither label nor tracking code while this holds. */
  areLabelsLate: boolean;
  /** The day that parcels should arrive, as tracker and rate say of what is bought from now on. */
  arrival: { readonly tracker: string | null; readonly rate: string | null };
  /** How large labels are, bytes. */
  labelSize: number;
  /** Labels of an order, bought ones alone. */
  labelsOf(orderId: string): readonly Shape[];
  /** What a label's carrier has to say about it. */
  move(trackingCode: string, status: string, detail?: string): void;
  /** A carrier gives that label a code that it has given before. */
  reuse(trackingCode: string, labelId: string): void;
  stop(): Promise<void>;
  start(): Promise<void>;
};

type Books = {
  readonly shipments: Map<string, Shape>;
  /** What was bought and does not show yet, by shipment. */ readonly late: Map<string, object>;
};

export async function startEasyPostLike(): Promise<EasyPostLike> {
  const books: Books = { shipments: new Map(), late: new Map() };
  const bought = (): Shape[] => [...books.shipments.values()].filter(({ postage_label: label }) => label !== null);
  let server: Server;
  let port = 0;
  const like: EasyPostLike = {
    get url() {
      return `http://127.0.0.1:${port}`;
    },
    key: 'EZTKspec',
    asked: [],
    next: [],
    always: undefined,
    afterPurchase: undefined,
    isRatingDown: false,
    areLabelsLate: false,
    arrival: { tracker: null, rate: null },
    labelSize: 1_000,
    labelsOf: (orderId) => bought().filter(({ reference }) => reference === orderId),
    move: (trackingCode, status, detail = 'unknown') => {
      for (const shipment of bought())
        if (shipment['tracking_code'] === trackingCode) Object.assign(shipment['tracker'] as Shape, { status, status_detail: detail });
    },
    reuse: (trackingCode, labelId) => void Object.assign(books.shipments.get(labelId) ?? {}, { tracking_code: trackingCode }),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
    start: async () => {
      server = createServer((request, response) => void answer(like, books, request, response));
      await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
      ({ port } = server.address() as AddressInfo);
    },
  };
  await like.start();
  return like;
}

async function answer(like: EasyPostLike, books: Books, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = '', url = '', headers } = request;
  const wish =
    method === 'POST' && headers['content-length'] !== '0' && headers['content-type']
      ? ((await json(request)) as Record<string, unknown>)
      : {};
  if (url.startsWith('/files/'))
    return void response.writeHead(200, { 'content-type': 'application/pdf' }).end(Buffer.from(`%PDF-1.4 ${url}`.padEnd(like.labelSize))); // chunked: nobody says how long it is
  like.asked.push(`${method} ${url.split('?')[0]?.replace(/shp_\w+/, '{id}')}`);
  const early = like.always ?? like.next.shift();
  const isKnown = headers.authorization === `Basic ${Buffer.from(`${like.key}:`).toString('base64')}`;
  const { status, body } =
    early ??
    (isKnown
      ? handle(like, books, { what: `${method} ${url}`, wish })
      : { status: 401, body: errorShape('APIKEY.INACTIVE', 'This api key is no longer active.') });
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function handle(
  like: EasyPostLike,
  books: Books,
  { what, wish }: { readonly what: string; readonly wish: Record<string, unknown> },
): Answer {
  const { shipments } = books;
  if (!like.areLabelsLate) for (const [id, label] of books.late) Object.assign(shipments.get(id) ?? {}, label);
  if (what === 'POST /v2/shipments') {
    const asked = wish['shipment'] as Record<string, unknown>;
    const isReached = !JSON.stringify(asked['to_address']).includes('Nowhere');
    const shipment = shipmentShape(asked, isReached ? (like.isRatingDown ? 'down' : 'up') : 'none');
    shipments.set(shipment.id, shipment);
    return { status: 201, body: shipment };
  }
  const code = /^GET \/v2\/trackers\?tracking_code=(.+)$/.exec(what)?.[1];
  if (code !== undefined)
    return {
      status: 200,
      body: {
        trackers: [...shipments.values()]
          .filter((each) => each['tracking_code'] === decodeURIComponent(code))
          .map(({ tracker }) => tracker),
        has_more: false,
      },
    };
  const [, id = '', verb = ''] = /^(?:GET|POST) \/v2\/shipments\/(\w+)(?:\/(\w+))?/.exec(what) ?? [];
  const shipment = shipments.get(id);
  if (!shipment) return { status: 404, body: errorShape('NOT_FOUND', 'The requested resource could not be found.') };
  if (verb === 'buy') return buy(like, books, { shipment, wish });
  if (verb === 'rerate') return rerate(like, shipment);
  if (verb === 'label') Object.assign(shipment['postage_label'] as Shape, { label_pdf_url: `${like.url}/files/${id}.pdf` });
  if (verb === 'refund') return refund(shipment);
  return { status: 200, body: shipment };
}

function rerate(like: EasyPostLike, shipment: Shape): Answer {
  if (shipment['selected_rate'] !== null) return postageExists;
  shipment['rates'] = like.isRatingDown ? [] : ratesShape(shipment.id);
  return { status: 200, body: { rates: shipment['rates'] } };
}

const postageExists: Answer = { status: 422, body: errorShape('SHIPMENT.POSTAGE.EXISTS', 'Postage already exists for this shipment.') };

function buy(
  like: EasyPostLike,
  books: Books,
  { shipment, wish }: { readonly shipment: Shape; readonly wish: Record<string, unknown> },
): Answer {
  if (shipment['selected_rate'] !== null) return postageExists;
  const rate = (shipment['rates'] as Shape[]).find(({ id }) => id === (wish['rate'] as Shape | undefined)?.id);
  if (!rate) return { status: 422, body: errorShape('SHIPMENT.POSTAGE.FAILURE', 'The rate is not one of the shipment.') };
  const trackingCode = `9400${String(Math.random()).slice(2, 14).padEnd(12, '0')}`;
  const label = {
    tracking_code: trackingCode,
    postage_label: labelShape(),
    tracker: trackerShape(shipment, trackingCode, like.arrival.tracker),
  };
  if (like.areLabelsLate) books.late.set(shipment.id, label);
  Object.assign(shipment, { selected_rate: { ...rate, delivery_date: like.arrival.rate } }, like.areLabelsLate ? {} : label);
  const lost = like.afterPurchase;
  like.afterPurchase = undefined;
  return lost ?? { status: 200, body: shipment };
}

function refund(shipment: Shape): Answer {
  if (shipment['selected_rate'] === null) return { status: 422, body: errorShape('SHIPMENT.REFUND.UNAVAILABLE', 'Nothing was bought.') };
  const { status } = (shipment['tracker'] ?? { status: 'unknown' }) as { status: string };
  if (!['unknown', 'pre_transit'].includes(status))
    return { status: 422, body: errorShape('SHIPMENT.REFUND.UNAVAILABLE', 'Unable to request refund. The parcel has been shipped.') };
  if (shipment['refund_status'] !== null)
    return { status: 422, body: errorShape('SHIPMENT.REFUND.UNAVAILABLE', 'The refund was requested before.') };
  return { status: 200, body: Object.assign(shipment, { refund_status: 'submitted' }) };
}
