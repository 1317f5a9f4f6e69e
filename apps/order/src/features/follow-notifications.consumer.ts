import { Controller } from '@nestjs/common';
import { NotificationSentV1 } from '@tandem/contracts';
import type { Tx } from '@tandem/kernel';
import { type Handled, type Message, On } from '@tandem/messaging';
import { NoteFact } from './note-fact.js';

/** Notes what the shopper was told. */
@Controller()
export class NoteMailOnNotificationSent {
  constructor(private readonly noteFact: NoteFact) {}

  @On(NotificationSentV1)
  async handle(_: NotificationSentV1, tx: Tx, message: Message<NotificationSentV1>): Promise<Handled> {
    const { channel, kind, messageId } = message.data;
    return this.noteFact.plainly(tx, message, { data: { channel, kind, messageId } });
  }
}
