import { join, resolve } from 'node:path';
import { commandLine, WrongUsage } from '../command-line.js';
import { Failure } from '../failure.js';
import type { Environment } from '../migrations/databases.js';
import { workspaceRoot } from '../workspace.js';

/** What `npm start` was asked for. */
export type StartOptions = {
  readonly kind: 'start';
  /** Everything the system writes. Default `.tandem` in the repository. */
  readonly dataDir: string;
  /** A real Apache Kafka instead of the embedded log. */
  readonly kafka: boolean;
  /** A process per service. */
  readonly split: boolean;
  /** Processes per service, 1 unless named; only with `split`. */
  readonly replicas: ReadonlyMap<string, number>;
  /** Remove the data first. */
  readonly fresh: boolean;
  readonly seed: boolean;
  readonly env: Environment;
};

export const helpText = `npm start -- [options]
  --kafka                         a real Apache Kafka from its Maven jars (needs Java 17 and Maven) instead of the embedded event log
  --split                         a process per service, supervised
  --replicas order=2,inventory=2  processes per service (implies --split)
  --data DIR                      where everything is kept (default .tandem)
  --fresh                         remove that data first
  --no-seed                       an empty shop
Your own servers: DATABASE_URL, KAFKA_BROKERS, SMTP_URL. Ports: STOREFRONT_PORT (3000), SANDBOX_PORT (3100), SANDBOX_SMTP_PORT (2525); 0 takes a free one.
npm run ps lists the running services, npm run stop ends them.`;

/** Of these it must know the value, so it does not leave their files to the services. */
const readByItself = ['DATABASE_URL', 'SMTP_URL'];

const flags = {
  kafka: { type: 'boolean', default: false },
  split: { type: 'boolean', default: false },
  replicas: { type: 'string' },
  data: { type: 'string' },
  fresh: { type: 'boolean', default: false },
  'no-seed': { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** Reads the command line. Throws a `WrongUsage` that says what is allowed when something is not understood. */
export function parseStartOptions(args: readonly string[], env: Environment): StartOptions | { readonly kind: 'help' } {
  const { values } = commandLine({ args: [...args], options: flags });
  if (values.help) return { kind: 'help' };
  for (const name of readByItself)
    if (env[`${name}_FILE`])
      throw new Failure(`${name}_FILE: npm start reads ${name} itself; set that, e.g. ${name}="$(cat ${env[`${name}_FILE`]})".`);
  const replicas = parseReplicas(values.replicas);
  return {
    kind: 'start',
    dataDir: dataDirOf(values.data, env),
    kafka: values.kafka,
    split: values.split || replicas.size > 0,
    replicas,
    fresh: values.fresh,
    seed: !values['no-seed'],
    env,
  };
}

/** Relative to where the command was typed, which npm, running it in the workspace, tells as `INIT_CWD`. */
export const dataDirOf = (given: string | undefined, env: Environment = process.env): string =>
  given ? resolve(env['INIT_CWD'] ?? '.', given) : join(workspaceRoot, '.tandem');

function parseReplicas(text: string | undefined): ReadonlyMap<string, number> {
  const pairs = (text ?? '').split(',').filter(Boolean);
  return new Map(
    pairs.map((pair) => {
      const match = /^([a-z]+)=([1-9])$/.exec(pair);
      if (!match) throw new WrongUsage(`--replicas: got "${pair}", wants name=number (1 to 9), e.g. order=2,inventory=2.`);
      return [String(match[1]), Number(match[2])];
    }),
  );
}
