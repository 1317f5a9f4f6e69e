import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { z } from 'zod';

/** Environment variables as a process gets them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Variables that may be handed over as a file. Other programs have `_FILE` variables too (`SSL_CERT_FILE`): those are none of ours. */
const handedAsFile = /_(KEY|SECRETS?|PASSWORD|URL)_FILE$/;

/**
 * The environment with every `<NAME>_FILE` of a key, secret, password or URL read into `<NAME>`, as container platforms hand secrets over.
 * A missing file throws `ConfigError`.
 */
export function withFiles(env: Environment): Environment {
  const read = Object.entries(env).flatMap(([name, path]) =>
    handedAsFile.test(name) && path ? [[name.slice(0, -'_FILE'.length), contentOf(name, path)]] : [],
  );
  return { ...env, ...(Object.fromEntries(read) as Record<string, string>) };
}

function contentOf(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    throw new ConfigError(
      `The configuration is not valid:\n  ${name}: got ${JSON.stringify(path)}, wants the path of a file that can be read`,
    );
  }
}

/** The configuration does not hold: the message names each variable, what it got and what it wants. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Parses `env` by `schema`. Throws `ConfigError` naming every variable that does not fit. Values of secrets are not printed. */
export function loadConfig<Schema extends z.ZodType>(schema: Schema, env: Environment): z.infer<Schema> {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = schema.safeParse(present);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map(
    (issue) => `  ${issue.path.join('.')}: got ${shown(String(issue.path[0]), env)}, wants ${issue.message}`,
  );
  throw new ConfigError(`The configuration is not valid:\n${lines.join('\n')}`);
}

function shown(variable: string, env: Environment): string {
  const value = env[variable];
  if (value === undefined || value === '') return 'nothing';
  return /KEY|SECRET|PASSWORD|_URL$/.test(variable) ? '(a value that is not shown)' : JSON.stringify(value);
}

/** `host:port`; port 0 takes a free one. */
export const listenAddress = z
  .string()
  .regex(/^[^:\s]+:\d{1,5}$/, 'an address to listen on, host:port, e.g. 127.0.0.1:50051')
  .transform((value) => ({ host: value.slice(0, value.lastIndexOf(':')), port: Number(value.slice(value.lastIndexOf(':') + 1)) }))
  .refine((address) => address.port <= 65_535, 'an address to listen on, with a port of 0 to 65535');

/** A TCP port; 0 takes a free one. */
export const port = z
  .string()
  .regex(/^\d{1,5}$/, 'a port, 0 to 65535')
  .transform(Number)
  .refine((value) => value <= 65_535, 'a port, 0 to 65535');

/** `development` opens demo accounts, seeds and the sandbox; `production` has no default for any secret. */
export const mode = z.enum(['development', 'production'], { error: 'development or production' }).default('production');
export type Mode = z.infer<typeof mode>;

/** What every service reads, whatever it does. */
export type BaseConfig = {
  readonly mode: Mode;
  readonly grpcListen: { readonly host: string; readonly port: number };
  readonly httpListen: { readonly host: string; readonly port: number } | null;
  readonly databaseUrl: string | null;
  readonly kafkaBrokers: readonly string[];
  readonly logDatabaseUrl: string;
  readonly serviceSigningKey: string;
  readonly logLevel: string;
  readonly poolSize: number;
  /** Addresses and networks of the proxies before this service, whose `X-Forwarded-For` counts. */
  readonly trustedProxies: readonly string[];
  /** A folder through which a proof makes this process die at a named place; development only. */
  readonly crashPoints: string | null;
};

/** `<NAME>_GRPC_LISTEN`, `<NAME>_HTTP_LISTEN` (or `HTTP_LISTEN` for whichever service this process is), `<NAME>_DATABASE_URL` and the shared variables, for the service `name`. */
export function loadBaseConfig(name: string, env: Environment): BaseConfig {
  const upper = name.toUpperCase();
  const url = z.url({ protocol: /^postgres(ql)?$/, error: 'a PostgreSQL URL, e.g. postgres://user:password@localhost:5432' });
  const schema = z.object({
    TANDEM_MODE: mode,
    DATABASE_URL: url,
    [`${upper}_DATABASE_URL`]: url.optional(),
    LOG_DATABASE_URL: url.optional(),
    KAFKA_BROKERS: z
      .string()
      .regex(/^[^,\s]+:\d+(,[^,\s]+:\d+)*$/, 'brokers, host:port separated by commas')
      .optional(),
    [`${upper}_GRPC_LISTEN`]: listenAddress.prefault('0.0.0.0:50051'),
    [`${upper}_HTTP_LISTEN`]: listenAddress.optional(),
    HTTP_LISTEN: listenAddress.optional(),
    SERVICE_SIGNING_KEY: z
      .string({ error: 'an Ed25519 private key as JWK in base64url (npm run keys makes one)' })
      .min(40, 'an Ed25519 private key as JWK in base64url'),
    LOG_LEVEL: z
      .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'], { error: 'trace, debug, info, warn, error or silent' })
      .default('info'),
    TRUST_PROXY: z
      .string()
      .transform((text) => text.split(',').map((part) => part.trim()))
      .refine(
        (parts) => parts.every(isAddressOrNetwork),
        'addresses or networks of your proxies, separated by commas, e.g. 10.0.0.5,172.16.0.0/12',
      )
      .optional(),
    CRASH_POINTS: z.string().optional(),
    [`${upper}_POOL_SIZE`]: z
      .string()
      .regex(/^[1-9]\d{0,2}$/, 'a number of connections, 1 to 999')
      .transform(Number)
      .optional(),
  });
  const parsed = loadConfig(schema, env) as Record<string, unknown>;
  const server = parsed['DATABASE_URL'] as string;
  const crashPoints = (parsed['CRASH_POINTS'] as string | undefined) ?? null;
  if (crashPoints !== null && parsed['TANDEM_MODE'] === 'production')
    throw new ConfigError(
      'The configuration is not valid:\n  CRASH_POINTS: got a folder, wants nothing: it lets others end this process, which is for development',
    );
  return {
    mode: parsed['TANDEM_MODE'] as Mode,
    grpcListen: parsed[`${upper}_GRPC_LISTEN`] as BaseConfig['grpcListen'],
    httpListen: ((parsed[`${upper}_HTTP_LISTEN`] ?? parsed['HTTP_LISTEN']) as BaseConfig['grpcListen'] | undefined) ?? null,
    databaseUrl: (parsed[`${upper}_DATABASE_URL`] as string | undefined) ?? databaseOf(server, `tandem_${name}`),
    kafkaBrokers: (parsed['KAFKA_BROKERS'] as string | undefined)?.split(',') ?? [],
    logDatabaseUrl: (parsed['LOG_DATABASE_URL'] as string | undefined) ?? databaseOf(server, 'tandem_log'),
    serviceSigningKey: parsed['SERVICE_SIGNING_KEY'] as string,
    logLevel: parsed['LOG_LEVEL'] as string,
    poolSize: (parsed[`${upper}_POOL_SIZE`] as number | undefined) ?? (['order', 'inventory'].includes(name) ? 16 : 8),
    trustedProxies: (parsed['TRUST_PROXY'] as readonly string[] | undefined) ?? [],
    crashPoints,
  };
}

function isAddressOrNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

/** The same server, another database. */
export function databaseOf(serverUrl: string, database: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.toString();
}
