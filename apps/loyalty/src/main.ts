import { runService } from '@tandem/host';
import { loyalty } from './loyalty.module.js';

await runService(loyalty);
