import { runService } from '@tandem/host';
import { payment } from './payment.module.js';

await runService(payment);
