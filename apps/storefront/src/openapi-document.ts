import { fileURLToPath } from 'node:url';
import { controllers } from './edge.js';
import { endpointsOf } from './features/edge/endpoint.js';
import { openApiOf } from './features/edge/openapi.js';

/** Where the committed document stands. A test holds it against the code; `npm run openapi` writes it. */
export const openApiFile = fileURLToPath(new URL('../../../docs/reference/openapi.json', import.meta.url));

/** The public API's document, as text that ends with a line break. */
export function openApiText(): string {
  return `${JSON.stringify(openApiOf(endpointsOf(controllers)), null, 2)}\n`;
}
