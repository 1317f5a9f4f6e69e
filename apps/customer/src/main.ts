import { runService } from '@tandem/host';
import { customer } from './customer.module.js';

await runService(customer);
