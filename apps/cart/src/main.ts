import { runService } from '@tandem/host';
import { cart } from './cart.module.js';

await runService(cart);
