import { runService } from '@tandem/host';
import { document } from './document.module.js';

await runService(document);
