import { LogClosed } from './errors.js';

/** Runs work of a client that may be closed meanwhile: before and after that the answer is `LogClosed`, whatever it was that failed. */
export function whileOpen(isClosed: () => boolean): <T>(work: () => T | Promise<T>) => Promise<T> {
  return async (work) => {
    if (isClosed()) throw new LogClosed();
    try {
      return await work();
    } catch (error) {
      throw isClosed() ? new LogClosed({ cause: error }) : error;
    }
  };
}
