import type { ServiceError } from '@grpc/grpc-js';
import { Refusal } from '../refusal.js';
import { metadataKeys } from './caller.js';
import { refusalOf, toGrpcError } from './problem-wire.js';

const errorsOf = (count: number) =>
  Array.from({ length: count }, (_, n) => ({
    pointer: `/data/${n}/country`,
    code: 'invalid',
    message: 'wants an ISO 3166-1 alpha-2 code',
  }));

describe('a refusal on its way between services', () => {
  it('arrives as it was sent', () => {
    const refusal = new Refusal(
      'out-of-stock',
      { detail: 'only two', errors: errorsOf(2), extensions: { available: 2 } },
      { requestId: 'r1' },
    );
    const received = refusalOf(toGrpcError(refusal) as unknown as ServiceError);
    expect([received?.problem, received?.replayOf]).toEqual([refusal.problem, { requestId: 'r1' }]);
  });

  it('is cut to what trailers can carry, however much is wrong', () => {
    const sent = toGrpcError(new Refusal('validation-failed', { detail: 'x'.repeat(100_000), errors: errorsOf(1_000) }));
    expect((sent.metadata.get(metadataKeys.problem)[0] as Buffer).length).toBeLessThan(8_000);
    const received = refusalOf(sent as unknown as ServiceError);
    expect([received?.problem.errors, received?.problem.detail?.length]).toEqual([errorsOf(20), 500]);
  });
});
