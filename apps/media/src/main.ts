import { runService } from '@tandem/host';
import { media } from './media.module.js';

await runService(media);
