import { runService } from '@tandem/host';
import { shipping } from './shipping.module.js';

await runService(shipping);
