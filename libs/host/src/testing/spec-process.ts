import { generateKeyPairSync, randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * A port of this machine that nobody listens on at the moment. It is none of those that the system gives out by itself (Linux: from 32,768 on,
 * others from 49,152 on; RFC 6335, section 6): nobody gets it by chance before it is used.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries += 1) {
    const port = randomInt(20_000, 32_000);
    if (await isFree(port)) return port;
  }
  throw new Error('no port is free on 127.0.0.1');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.on('error', () => resolve(false));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

/** Looks until what it sees holds; throws after `withinMs` with the last thing seen. A look that throws has seen its error. */
export async function eventually<Seen>(look: () => Promise<Seen> | Seen, holds: (seen: Seen) => boolean, withinMs = 8_000): Promise<Seen> {
  const until = Date.now() + withinMs;
  for (;;) {
    const seen = await Promise.resolve()
      .then(look)
      .then(
        (value) => ({ value }),
        (error: unknown) => ({ error }),
      );
    if ('value' in seen && holds(seen.value)) return seen.value;
    if (Date.now() > until)
      throw new Error(`it never came to hold; the last thing seen: ${'value' in seen ? JSON.stringify(seen.value) : String(seen.error)}`);
    await sleep(20);
  }
}

/** A value for `SERVICE_SIGNING_KEY`. */
export function aSigningKey(): string {
  const { privateKey } = generateKeyPairSync('ed25519');
  return Buffer.from(JSON.stringify(privateKey.export({ format: 'jwk' }))).toString('base64url');
}

/** Something that is waited for until somebody opens it. */
export function aLatch(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open: () => open() };
}
