import type { Logger } from '../logger.js';

export type { Logger };

/** Keeps nothing. */
export const silent: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
