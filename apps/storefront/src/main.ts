import { runService } from '@tandem/host';
import { storefront } from './storefront.module.js';

await runService(storefront);
