import { toPublicId } from '@tandem/host';
import type { Now } from '@tandem/kernel';
import { Unavailable } from '@tandem/messaging';
import type { Logger } from 'pino';
import type { Followers, Telling, Told } from '../domain/followers.js';
import type { MailTransport } from '../domain/mail-transport.js';
import { followerMail } from './follower-mail.js';
import type { RenderMail } from './send-mail.js';

/** Mails taken together, and how many such lots are under way: all of them are asked about after a crash. */
const lot = 8;
const lanes = 2;
/** Between two looks, milliseconds; in between it is known when something becomes due. */
const pause = { shortest: 250, longest: 15_000, whileAway: 5_000 } as const;
/** A mailbox that is full is tried again after this, until the news is old. Milliseconds. */
const retry = { afterMs: 600_000, forMs: 48 * 3_600_000 } as const;

type Parts = {
  readonly followers: Followers;
  /** Of its own, so that orders' mails do not stand in line behind these. */
  readonly transport: MailTransport;
  readonly render: RenderMail;
  readonly publicUrl: string;
  readonly now: Now;
  readonly logger: Logger;
};

type Written = { readonly subject: string; readonly html: string; readonly text: string };

/** Sends what is owed to followers, each once: `sending` is committed before the server hears of it, and what was in hand at a crash is asked for first. */
export class TellFollowers {
  readonly name = 'follower mails';
  private running: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private isWoken = false;
  private isStopped = true;

  constructor(private readonly parts: Parts) {}

  start(): Promise<void> {
    this.isStopped = false;
    this.wake();
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  /** Looks for what is due, at once or after the look that is under way. */
  wake(): void {
    if (this.isStopped) return;
    this.isWoken = true;
    if (this.running) return;
    this.isWoken = false;
    const written = new Map<string, Written>();
    const lane = (): Promise<number> => this.run(written).catch((error: unknown) => this.failed(error));
    this.running = Promise.all(Array.from({ length: lanes }, lane)).then((afterMs) => {
      this.running = undefined;
      clearTimeout(this.timer);
      if (this.isWoken) this.wake();
      else if (!this.isStopped) this.timer = setTimeout(() => this.wake(), Math.min(Math.max(Math.min(...afterMs), pause.shortest), pause.longest));
    });
  }

  /** Until nothing is due or the server is away; answers when to look again. */
  private async run(written: Map<string, Written>): Promise<number> {
    for (;;) {
      const taken = this.isStopped ? [] : await this.parts.followers.take(lot);
      if (taken.length === 0) return (await this.parts.followers.nextDueMs()) ?? pause.longest;
      const told = await Promise.all(taken.map((telling) => this.tell(telling, this.write(telling, written))));
      await this.parts.followers.end(told);
      if (told.some(({ outcome }) => outcome.kind === 'again' && outcome.afterMs === pause.whileAway)) return pause.whileAway;
    }
  }

  /** The same for all who hear of one event in one language. */
  private write(telling: Telling, written: Map<string, Written>): Written {
    const key = `${telling.eventId} ${telling.productId} ${telling.locale}`;
    const known = written.get(key);
    if (known) return known;
    const mail = followerMail(telling, this.parts.publicUrl);
    const made = { subject: mail.subject, ...this.parts.render(mail) };
    written.set(key, made);
    return made;
  }

  private async tell(telling: Telling, { subject, html, text }: Written): Promise<Told> {
    const { transport, publicUrl } = this.parts;
    const { id, attempts } = telling;
    const productId = toPublicId('product', telling.productId);
    const messageId = `<product.back.${productId}.${telling.eventId}.${telling.ownerId}@mail.tandem.example>`;
    const url = `${publicUrl}/v1/unsubscribe/${id.replaceAll('-', '')}`;
    const headers = { 'X-Tandem-Event-Type': 'stock.changed.v1', 'X-Tandem-Event-Id': telling.eventId, 'X-Tandem-Product-Id': productId, 'List-Unsubscribe': `<${url}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' };
    try {
      if (attempts > 1 && transport.find && (await transport.find(messageId))) return { id, outcome: { kind: 'sent' } };
      const sending = await transport.send({ messageId, to: telling.email, subject, headers, html, text });
      return { id, outcome: sending.kind === 'accepted' ? { kind: 'sent' } : sending };
    } catch (error) {
      if (error instanceof Unavailable) return { id, outcome: { kind: 'again', afterMs: pause.whileAway } };
      const because = error instanceof Error ? error.message : String(error);
      const isNews = this.parts.now().getTime() - timeOf(telling.eventId) < retry.forMs;
      return { id, outcome: isNews ? { kind: 'again', afterMs: retry.afterMs } : { kind: 'rejected', because } };
    }
  }

  private failed(error: unknown): number {
    this.parts.logger.warn({ err: error }, 'followers could not be told; trying again');
    return pause.whileAway;
  }
}

/** When a UUIDv7 was made, milliseconds since 1970. Source: RFC 9562, 5.7. */
function timeOf(uuid: string): number {
  return Number.parseInt(uuid.replaceAll('-', '').slice(0, 12), 16);
}
