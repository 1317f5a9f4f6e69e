import { type Http, http } from './client/http.js';
import { type World, world } from './client/world.js';

/** The running system the journeys shop at: `BASE_URL` and `SANDBOX_URL`, by default the addresses of `npm start`. */
export function target(): { readonly shop: Http; readonly outside: World; readonly sandbox: Http } {
  const sandbox = http(process.env['SANDBOX_URL'] ?? 'http://127.0.0.1:3100');
  return { shop: http(process.env['BASE_URL'] ?? 'http://127.0.0.1:3000'), sandbox, outside: world(sandbox) };
}
