import { runService } from '@tandem/host';
import { webhook } from './webhook.module.js';

await runService(webhook);
