import { hash, verify } from '@node-rs/argon2';
import type { Passwords } from '../domain/ports.js';

/** Argon2id, 19 MiB, two passes. Source: OWASP Password Storage Cheat Sheet. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export function argon2Passwords(): Passwords {
  const decoy = hash('a password nobody has', cost);
  return {
    hash: (password) => hash(password, cost),
    verify: async (password, known) => {
      const isRight = await verify(known ?? (await decoy), password);
      return known !== undefined && isRight;
    },
  };
}
