import { runService } from '@tandem/host';
import { order } from './order.module.js';

await runService(order);
