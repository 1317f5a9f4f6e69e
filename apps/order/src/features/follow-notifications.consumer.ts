import { Controller } from '@nestjs/common';
import { NotificationSentV1 } from '@tandem/contracts';
import type { Tx } from '@tandem/kernel';
import { type Handled, type Message, On } from '@tandem/messaging';
import { NoteFact } from './note-fact.js';

/** Notes what the shopper was told. */
@Controller()
export class NoteMailOnNotificationSent {
  constructor(private readonly noteFact: NoteFact) {}

  @On(NotificationSentV1, { batch: 16 })
  async handle(_: readonly NotificationSentV1[], tx: Tx, messages: readonly Message<NotificationSentV1>[]): Promise<Handled> {
    return this.noteFact.plainly(tx, messages, ({ channel, kind, messageId }) => ({ data: { channel, kind, messageId } }));
  }
}
