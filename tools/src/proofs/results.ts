import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { workspaceRoot } from '../workspace.js';
import { scenarios } from './all.js';
import type { ProofRun } from './prove.js';
import type { Finding, LogKind, Scale } from './scenario.js';

export type Kept = Finding & {
  readonly name: string;
  /** The claim as it stood then: a figure stands beside what it was run for. */
  readonly must: string;
  readonly log: LogKind;
  readonly scale: Scale;
  readonly seed: number;
  readonly date: string;
  readonly machine: string;
  readonly seconds: number;
};

/** What was shown so far, in a file: a run that was broken off goes on where it stopped. */
export type Results = {
  of(run: ProofRun): Kept | undefined;
  keep(run: ProofRun, finding: Finding, seconds: number): void;
  /** Writes docs/reference/proofs.md. */
  write(): void;
};

const machine = `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GB, Node.js ${process.version}`;
const isOf = ({ scenario, log, scale, seed }: ProofRun, kept: Kept): boolean =>
  kept.name === scenario.name && kept.log === log && kept.scale === scale && kept.seed === seed;

export function keptResults(file = join(workspaceRoot, '.tandem/proofs/results.json')): Results {
  // Read again each time: several runs may keep what they find side by side.
  const all = (): readonly Kept[] => (existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as readonly Kept[]) : []);
  return {
    of: (run) => all().find((kept) => isOf(run, kept)),
    keep(run, finding, seconds) {
      const { scenario, log, scale, seed } = run;
      const date = new Date().toISOString().slice(0, 10);
      const kept = [
        ...all().filter((other) => !isOf(run, other)),
        { name: scenario.name, must: scenario.must, log, scale, seed, date, machine, seconds, ...finding },
      ];
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, `${JSON.stringify(kept, null, 1)}\n`);
    },
    write: () => writeFileSync(join(workspaceRoot, 'docs/reference/proofs.md'), proofsPage(all())),
  };
}

/** A figure stands beside what it was run for, also when more is claimed by now. */
const claimOf = (kept: Kept, must: string): string => (kept.must === must ? must : `as it was claimed then: ${kept.must}`);

/** The first things that were wrong stand on the page; all of them in the file. */
function foundIn({ figure, faults }: Kept): string {
  if (faults.length === 0) return figure;
  const rest = faults.length > mostFaults ? `; ${faults.length - mostFaults} more` : '';
  const wrong = faults.slice(0, mostFaults).map((fault) => (fault.split('\n')[0] ?? '').replaceAll('|', '\\|'));
  return `**does not hold** ${figure}: ${wrong.join('; ')}${rest}`;
}
const mostFaults = 5;

/** The page of figures. The larger of two sizes is shown, and every seed of it; a run without an aim is no row beside the claim. */
export function proofsPage(all: readonly Kept[]): string {
  const machines = [...new Set(all.map((kept) => kept.machine))];
  // Which machine a row is of is said where there are several.
  const on = (kept: Kept): string => (machines.length > 1 ? `${kept.date} (${machines.indexOf(kept.machine) + 1})` : kept.date);
  const rows = scenarios.flatMap(({ name, must, logs, aimless }) =>
    logs.flatMap((log) => {
      const mine = all.filter((kept) => kept.name === name && kept.log === log && kept.scale !== aimless);
      const shown = mine.some(({ scale }) => scale === 'full') ? mine.filter(({ scale }) => scale === 'full') : mine;
      const isRun = shown.some((kept) => kept.must === must);
      return [
        ...shown.map(
          (kept) => `| \`${name}\` | ${claimOf(kept, must)} | ${log} | ${foundIn(kept)} | ${kept.scale} | ${kept.seed} | ${on(kept)} |`,
        ),
        ...(isRun ? [] : [`| \`${name}\` | ${must} | ${log} | not run yet | | | |`]),
      ];
    }),
  );
  return `<!-- Written by \`npm run proofs -- --write\`. Do not edit. -->

# Proofs

What \`npm run proofs\` has shown, command by command: \`npm run proofs -- --only NAME --log postgres|kafka [--short] [--seed N]\`. Each run has a database, an
event log and processes of its own; faults come from a proxy before the log and from signals. "short" is the size of every test run, "full" the size of the claim.
${machines.length > 1 ? `Machines, by the number behind the date: ${machines.map((machine, index) => `(${index + 1}) ${machine}`).join('; ')}` : `Machine: ${machines[0] ?? 'none yet'}`}. The machine is shared: read counts as facts and times as bounds.

| scenario | must show | log | shown | size | seed | date |
|---|---|---|---|---|---|---|
${rows.join('\n')}
`;
}
