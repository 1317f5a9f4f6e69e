import { runService } from '@tandem/host';
import { inventory } from './inventory.module.js';

await runService(inventory);
