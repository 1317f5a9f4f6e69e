import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { workspaceRoot } from '../workspace.js';
import { memoryBudgetMiB } from './verdict.js';

type ComposeService = {
  readonly image?: string;
  readonly mem_limit?: string;
  readonly restart?: string;
  readonly environment?: Readonly<Record<string, string>>;
};

const file = readFileSync(join(workspaceRoot, 'docker-compose.yml'), 'utf8');
const { services } = parse(file, { merge: true }) as { readonly services: Readonly<Record<string, ComposeService>> };
/** The migrations run once and end before any service begins. */
const staying = Object.entries(services).filter(([, { restart }]) => restart !== 'no');
const mebibytes = (size: string | undefined): number => Number(/^(\d+)m$/.exec(size ?? '')?.[1]);

describe('docker-compose.yml', () => {
  it('gives every container a memory limit, and all of them together no more than the budget', () => {
    const limits = Object.fromEntries(staying.map(([name, { mem_limit }]) => [name, mebibytes(mem_limit)]));
    expect(Object.entries(limits).filter(([, limit]) => !(limit > 0))).toEqual([]);
    expect(Object.values(limits).reduce((sum, limit) => sum + limit, 0)).toBeLessThanOrEqual(memoryBudgetMiB);
  });

  it('tells every process of Node.js to stay below its limit, with room for what is not heap', () => {
    const ours = staying.filter(([, { image }]) => image === 'tandem/services');
    expect(ours.length).toBeGreaterThan(10);
    for (const [, { mem_limit, environment }] of ours) {
      const heap = Number(/--max-old-space-size=(\d+)/.exec(environment?.['NODE_OPTIONS'] ?? '')?.[1]);
      expect(mebibytes(mem_limit) - heap).toBeGreaterThanOrEqual(64);
    }
  });
});
