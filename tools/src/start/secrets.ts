import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Environment variables that hold secrets. */
export type Secrets = Readonly<Record<'SERVICE_SIGNING_KEY' | 'PAYMENT_WEBHOOK_SECRET' | 'CARRIER_WEBHOOK_SECRET', string>>;

/** The secrets of a development system: made once, kept readable by their owner alone. */
export async function developmentSecrets(keysFolder: string): Promise<Secrets> {
  const file = join(keysFolder, 'secrets.json');
  if (existsSync(file)) return JSON.parse(await readFile(file, 'utf8')) as Secrets;
  const secrets = newSecrets();
  await mkdir(keysFolder, { recursive: true, mode: 0o700 });
  await writeFile(file, JSON.stringify(secrets, null, 2), { mode: 0o600 });
  return secrets;
}

/** Ed25519 as JWK (RFC 8037) in base64url; webhook secrets in the form of Standard Webhooks. */
export function newSecrets(): Secrets {
  const { privateKey } = generateKeyPairSync('ed25519');
  return {
    SERVICE_SIGNING_KEY: Buffer.from(JSON.stringify(privateKey.export({ format: 'jwk' }))).toString('base64url'),
    PAYMENT_WEBHOOK_SECRET: `whsec_${randomBytes(32).toString('base64')}`,
    CARRIER_WEBHOOK_SECRET: `whsec_${randomBytes(32).toString('base64')}`,
  };
}
