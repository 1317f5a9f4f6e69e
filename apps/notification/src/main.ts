import { runService } from '@tandem/host';
import { notification } from './notification.module.js';

await runService(notification);
