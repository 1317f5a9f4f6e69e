import { runService } from '@tandem/host';
import { sandbox } from './sandbox.module.js';

await runService(sandbox);
