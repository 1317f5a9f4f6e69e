import { setTimeout as sleep } from 'node:timers/promises';
import type { Http } from '../client/http.js';
import { patientStaff } from '../client/shopper.js';
import { buyAndReceive, type Listener, listener, pictureFaults, receivedBy, upload, webhookFaults } from './after-sale.js';

/** What happened beside the shoppers, once it has ended. */
export type AfterSale = {
  /** What is still wrong; empty when all is well. */
  faults(): Promise<readonly string[]>;
  /** Their ids: sold, and taken to the listener. */
  readonly orders: readonly string[];
  readonly pictures: number;
};

/** A picture is sent so often, milliseconds. */
const uploadEveryMs = 5_000;

/** Until it is stopped: a customer whose system is told by webhook buys one after the other and gets the parcels, and staff upload a picture now and then. */
export function startBesides(http: Http, sandbox: Http, variantId: string): { stop(): Promise<AfterSale> } {
  const [orders, pictures, broken]: [string[], string[], string[]] = [[], [], []];
  const state: { isOver: boolean; who?: Listener } = { isOver: false };
  const repeat = async (act: () => Promise<unknown>): Promise<void> => {
    while (!state.isOver) await act().catch((error: Error) => broken.push(error.message));
  };
  const staffToken = async (): Promise<string> => (await patientStaff(http)).token;
  const acts = Promise.all([
    repeat(async () => {
      state.who ??= await listener(http, sandbox);
      const orderId = await buyAndReceive(http, sandbox, { ...state.who, variantId });
      if (orderId !== undefined) orders.push(orderId);
    }),
    repeat(async () => {
      pictures.push(await upload(http, await staffToken()));
      await sleep(uploadEveryMs);
    }),
  ]);
  const faults = async (): Promise<readonly string[]> => {
    const token = await staffToken();
    const ofPictures = await Promise.all(pictures.map((mediaId) => pictureFaults(http, token, mediaId)));
    const ofWebhooks = state.who ? webhookFaults(orders, await receivedBy(sandbox, state.who)) : ['nobody listened'];
    return [...broken, ...ofPictures.flat(), ...ofWebhooks];
  };
  return { stop: async () => ((state.isOver = true), await acts, { faults, orders, pictures: pictures.length }) };
}
