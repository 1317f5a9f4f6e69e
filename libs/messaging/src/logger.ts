/** Where messaging writes its lines: facts first, then the sentence (pino's order). */
export type Logger = Record<'debug' | 'info' | 'warn' | 'error', (facts: object, sentence: string) => void>;
