export { pick, randomFrom } from './random.js';
