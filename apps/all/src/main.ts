import { runUntilSignalled, withFiles } from '@tandem/host';
import { startAll } from './start-all.js';

await runUntilSignalled('tandem', (onFatal) => startAll(withFiles(process.env), onFatal));
