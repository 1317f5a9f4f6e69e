import { jest } from '@jest/globals';
import { type Http, http } from './client/http.js';
import { type World, world } from './client/world.js';

/** What hangs is ended by then. A journey waits for several things, each of which may take long on a busy machine (`until`). */
const mostMs = 120_000;

/** The running system the journeys of this file shop at: `BASE_URL` and `SANDBOX_URL`, by default the addresses of `npm start`. */
export function target(): { readonly shop: Http; readonly outside: World; readonly sandbox: Http } {
  jest.setTimeout(mostMs);
  const sandbox = http(process.env['SANDBOX_URL'] ?? 'http://127.0.0.1:3100');
  return { shop: http(process.env['BASE_URL'] ?? 'http://127.0.0.1:3000'), sandbox, outside: world(sandbox) };
}
