import { type Money, money } from '@tandem/kernel';
import type { Charge, ChargeAnswer, PaymentProvider } from './payment-provider.js';

/** A provider under test, and the other side of it. */
export type ProviderBench = {
  /** With a deadline long enough for any answer. */
  readonly provider: PaymentProvider;
  /** With a deadline that a silent provider outlasts. */
  readonly impatient: PaymentProvider;
  /** Payment methods by what the provider does with them. */
  readonly methods: {
    readonly approves: string;
    readonly declines: string;
    readonly failsTwice: string;
    readonly takesAndIsSilent: string;
    readonly isSilent: string;
  };
  /** What the provider itself has on its books for an order. */
  books(orderId: string): Promise<{ readonly charges: readonly { readonly status: string }[]; readonly refundedMinor: number }>;
  newOrderId(): string;
  /** Nobody listens at the provider's address while `work` runs. */
  whileAway<T>(work: () => Promise<T>): Promise<T>;
  /** The provider answers every call with 503 while `work` runs. */
  whileRefusing<T>(work: () => Promise<T>): Promise<T>;
};

const amount: Money = money(5_199n, 'EUR');

/** What every adapter of `PaymentProvider` has to hold to. */
export function paymentProviderContract(bench: () => ProviderBench): void {
  const order = (paymentMethod: string, orderId = bench().newOrderId()) => ({
    key: `${orderId}:1`,
    orderId,
    amount,
    paymentMethod,
    chargeId: null,
  });
  const captured = { kind: 'captured', chargeId: expect.any(String) as string } as const;
  /** Charges again while no charge was sent, as it is to be: on a busy machine the deadline may be over before, and who was away is not called again at once. */
  const sent = async (provider: PaymentProvider, wanted: Charge): Promise<ChargeAnswer> => {
    const answer = await provider.charge(wanted);
    if (answer.kind !== 'unavailable') return answer;
    expect((await bench().books(wanted.orderId)).charges).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, 20));
    return sent(provider, wanted);
  };
  const chargeOne = async (): Promise<Charge & { chargeId: string }> => {
    const wanted = order(bench().methods.approves);
    const answer = await bench().provider.charge(wanted);
    if (answer.kind !== 'captured') throw new Error(`not captured: ${answer.kind}`);
    return { ...wanted, chargeId: answer.chargeId };
  };

  it('charges once per key, however often and at once it is asked', async () => {
    const wanted = order(bench().methods.approves);
    const answers = await Promise.all(Array.from({ length: 10 }, () => bench().provider.charge(wanted)));
    const [first] = answers;
    expect(first).toEqual(captured);
    expect(answers).toEqual(answers.map(() => first));
    expect((await bench().books(wanted.orderId)).charges).toEqual([{ status: 'captured' }]);
  });

  it('says why a card is declined, and says it again', async () => {
    const wanted = order(bench().methods.declines);
    const declined = { kind: 'declined', declineCode: 'insufficient-funds' };
    expect([await bench().provider.charge(wanted), await bench().provider.charge(wanted), await bench().provider.find(wanted)]).toEqual([
      declined,
      declined,
      declined,
    ]);
  });

  it('tries again by the same key when the provider fails, and is charged once', async () => {
    const wanted = order(bench().methods.failsTwice);
    expect(await bench().provider.charge(wanted)).toEqual(captured);
    expect((await bench().books(wanted.orderId)).charges).toEqual([{ status: 'captured' }]);
  });

  it('does not know the end of a charge that is not answered; asking finds the money that was taken', async () => {
    const wanted = order(bench().methods.takesAndIsSilent);
    expect(await sent(bench().impatient, wanted)).toEqual({ kind: 'unknown' });
    expect(await bench().provider.find(wanted)).toEqual(captured);
  });

  it('finds nothing under a key that was never charged, nor under one whose silence took nothing', async () => {
    const wanted = order(bench().methods.isSilent);
    expect(await bench().provider.find(wanted)).toEqual({ kind: 'none' });
    expect(await sent(bench().impatient, wanted)).toEqual({ kind: 'unknown' });
    expect(await bench().provider.find(wanted)).toEqual({ kind: 'none' });
  });

  it('gives money back once per refund key', async () => {
    const { orderId, chargeId } = await chargeOne();
    const refund = { key: `${orderId}:refund`, chargeId, amount: money(199n, 'EUR') };
    expect(await Promise.all([1, 2, 3].map(() => bench().provider.refund(refund)))).toEqual(['refunded', 'refunded', 'refunded']);
    expect((await bench().books(orderId)).refundedMinor).toBe(199);
  });

  it('never gives back more than was captured', async () => {
    const { orderId, chargeId } = await chargeOne();
    const refundOf = (part: string, minor: bigint) =>
      bench().provider.refund({ key: `${orderId}:${part}`, chargeId, amount: money(minor, 'EUR') });
    expect([await refundOf('a', 5_000n), await refundOf('b', 200n), await refundOf('c', 199n), await refundOf('d', 1n)]).toEqual([
      'refunded',
      'refused',
      'refunded',
      'refused',
    ]);
    expect((await bench().books(orderId)).refundedMinor).toBe(5_199);
  });

  it('voids a charge by its key; asking again changes nothing, and the key charges no more', async () => {
    const charged = await chargeOne();
    const { orderId } = charged;
    expect([await bench().provider.void(charged), await bench().provider.void({ ...charged, chargeId: null })]).toEqual([
      'voided',
      'voided',
    ]);
    expect(await bench().provider.find(charged)).toEqual({ kind: 'voided' });
    expect(await bench().provider.charge(order(bench().methods.approves, orderId))).toMatchObject({ kind: 'voided' });
    expect((await bench().books(orderId)).charges).toEqual([{ status: 'voided' }]);
  });

  it('voids a key before any charge, so that none can come', async () => {
    const wanted = order(bench().methods.approves);
    expect(await bench().provider.void(wanted)).toBe('voided');
    expect(await bench().provider.charge(wanted)).toEqual({ kind: 'voided' });
    expect((await bench().books(wanted.orderId)).charges).toEqual([]);
  });

  it('does not void what was declined or given back', async () => {
    const declined = order(bench().methods.declines);
    await bench().provider.charge(declined);
    const charged = await chargeOne();
    const { orderId, chargeId } = charged;
    await bench().provider.refund({ key: `${orderId}:refund`, chargeId, amount: money(1n, 'EUR') });
    expect([await bench().provider.void(declined), await bench().provider.void(charged)]).toEqual(['refused', 'refused']);
  });

  it('is unavailable while nobody listens, or everything is refused: nothing has been charged then', async () => {
    const wanted = order(bench().methods.approves);
    const all = () =>
      Promise.all([
        bench().provider.charge(wanted),
        bench().provider.find(wanted),
        bench().provider.refund({ key: `${wanted.orderId}:refund`, chargeId: 'ch_x', amount }),
        bench().provider.void(wanted),
      ]);
    const unavailable = [{ kind: 'unavailable' }, { kind: 'unavailable' }, 'unavailable', 'unavailable'];
    expect(await bench().whileRefusing(all)).toEqual(unavailable);
    expect(await bench().whileAway(all)).toEqual(unavailable);
    expect((await bench().books(wanted.orderId)).charges).toEqual([]);
    expect(await sent(bench().provider, wanted)).toEqual(captured);
  });
}
