import type { Results } from './results.js';
import type { Finding, LogKind, Scale, Scenario } from './scenario.js';

export type ProofRun = { readonly scenario: Scenario; readonly log: LogKind; readonly scale: Scale; readonly seed: number };

/** Runs one after the other and keeps what was found. Answers the names of those that do not hold. */
export async function prove(
  runs: readonly ProofRun[],
  { results, again, say }: { results: Results; again: boolean; say: (line: string) => void },
): Promise<readonly string[]> {
  const failed: string[] = [];
  for (const [index, run] of runs.entries()) {
    const name = `${run.scenario.name} on ${run.log}`;
    const kept = again ? undefined : results.of(run);
    if (kept && kept.faults.length === 0 && kept.must === run.scenario.must) {
      say(`[${index + 1}/${runs.length}] ${name}: shown on ${kept.date}: ${kept.figure}`);
      continue;
    }
    say(`[${index + 1}/${runs.length}] ${name} (${run.scale}, seed ${run.seed}) …`);
    const begun = performance.now();
    const found = await play(run, say);
    const seconds = Math.round((performance.now() - begun) / 1_000);
    results.keep(run, found, seconds);
    say(`    ${found.faults.length === 0 ? 'holds' : 'DOES NOT HOLD'} (${seconds} s): ${found.figure}`);
    for (const fault of found.faults) say(`    FAULT ${fault}`);
    if (found.faults.length > 0) failed.push(name);
  }
  return failed;
}

/** A scenario that throws has shown that something does not hold. */
async function play({ scenario, log, scale, seed }: ProofRun, say: (line: string) => void): Promise<Finding> {
  try {
    return await scenario.run({ logKind: log, scale, seed, size: (of) => of[scale], say: (line) => say(`    ${line}`) });
  } catch (error) {
    return { figure: 'it broke off', faults: [error instanceof Error ? (error.stack ?? error.message) : String(error)] };
  }
}
