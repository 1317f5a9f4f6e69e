import { afterAll, afterEach, beforeAll, beforeEach, describe, jest } from '@jest/globals';
import { Bench, type LogUnderTest } from './testing/contract-bench.js';
import { crowdCases } from './testing/crowd.cases.js';
import { deliveryCases } from './testing/delivery.cases.js';
import { groupCases } from './testing/group.cases.js';
import { positionCases } from './testing/position.cases.js';
import { publishCases } from './testing/publish.cases.js';
import { steadfastCases } from './testing/steadfast.cases.js';

/**
 * What every adapter of `EventLog` must do. A further adapter supplies only `make`: a store of its own and clients of it. Each case has
 * topics and groups of its own, so one store serves all of them.
 */
export function eventLogContract(name: string, make: () => Promise<LogUnderTest>): void {
  jest.setTimeout(60_000);
  describe(`event log: ${name}`, () => {
    const stage: { subject?: LogUnderTest; bench?: Bench } = {};
    const bench = (): Bench => {
      if (!stage.bench) throw new Error('a case asked for its bench before it began');
      return stage.bench;
    };
    beforeAll(async () => {
      stage.subject = await make();
    });
    beforeEach(() => {
      if (stage.subject) stage.bench = new Bench(stage.subject);
    });
    afterEach(() => stage.bench?.end());
    afterAll(() => stage.subject?.close());
    publishCases(bench);
    groupCases(bench);
    deliveryCases(bench);
    positionCases(bench);
    crowdCases(bench);
    steadfastCases(bench);
  });
}
