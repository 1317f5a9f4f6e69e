import { runUntilSignalled } from '@tandem/host';
import { startAll } from './start-all.js';

await runUntilSignalled('tandem', (onFatal) => startAll(process.env, onFatal));
