import type { OutgoingSms, Sms } from './sms.js';

/** A channel under test, and the telephones behind it. */
export type SmsBench = {
  readonly sms: Sms;
  newSms(): OutgoingSms;
  /** To a number that no provider reaches. */
  newUndeliverable(): OutgoingSms;
  /** What has arrived at a number. */
  received(to: string): Promise<readonly string[]>;
  /** Nobody listens at the provider's address while `work` runs. */
  whileAway<T>(work: () => Promise<T>): Promise<T>;
  /** The provider refuses everybody for now while `work` runs. */
  whileRefusing<T>(work: () => Promise<T>): Promise<T>;
};

/** What every adapter of `Sms` has to hold to. */
export function smsContract(bench: () => SmsBench): void {
  it('delivers a message as it was given', async () => {
    const sms = bench().newSms();
    expect(await bench().sms.send(sms)).toEqual({ kind: 'accepted' });
    expect(await bench().received(sms.to)).toEqual([sms.text]);
  });

  it('delivers it once, however often it is sent, also at once', async () => {
    const sms = bench().newSms();
    const sendings = await Promise.all([1, 2, 3].map(() => bench().sms.send(sms)));
    sendings.push(await bench().sms.send(sms));
    expect(sendings).toEqual(sendings.map(() => ({ kind: 'accepted' })));
    expect(await bench().received(sms.to)).toEqual([sms.text]);
  });

  it('says why a message was refused for good; the next one is taken', async () => {
    const because = expect.stringMatching(/./) as string;
    expect(await bench().sms.send(bench().newUndeliverable())).toEqual({ kind: 'rejected', because });
    expect(await bench().sms.send(bench().newSms())).toEqual({ kind: 'accepted' });
  });

  it('is unavailable while nobody listens or everybody is refused; then nothing has arrived, and the message goes out afterwards', async () => {
    const sms = bench().newSms();
    const send = () =>
      bench()
        .sms.send(sms)
        .catch((error: unknown) => error);
    const unavailable = { name: 'Unavailable', system: 'sms' };
    expect(await bench().whileRefusing(send)).toMatchObject(unavailable);
    expect(await bench().whileAway(send)).toMatchObject(unavailable);
    expect(await bench().received(sms.to)).toEqual([]);
    expect(await bench().sms.send(sms)).toEqual({ kind: 'accepted' });
    expect(await bench().received(sms.to)).toEqual([sms.text]);
  });
}
