export { startAll } from './start-all.js';
export { services } from './services.js';
