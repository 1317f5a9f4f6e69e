import { runService } from '@tandem/host';
import { catalog } from './catalog.module.js';

await runService(catalog);
