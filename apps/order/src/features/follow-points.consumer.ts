import { Controller } from '@nestjs/common';
import { PointsAvailableV1, PointsAwardedV1, PointsRedeemedV1, PointsReturnedV1, PointsReversedV1 } from '@tandem/contracts';
import type { Tx } from '@tandem/kernel';
import { type Handled, type Message, On } from '@tandem/messaging';
import { NoteFact } from './note-fact.js';

/** Keeps the points an order has earned, and has lost again; notes those it was paid with. */
@Controller()
export class FollowPoints {
  constructor(private readonly noteFact: NoteFact) {}

  @On(PointsAwardedV1)
  async awarded(_: PointsAwardedV1, tx: Tx, message: Message<PointsAwardedV1>): Promise<Handled> {
    const { points } = message.data;
    return this.noteFact.plainly(tx, message, { data: { points }, points });
  }

  @On(PointsAvailableV1)
  async available(_: PointsAvailableV1, tx: Tx, message: Message<PointsAvailableV1>): Promise<Handled> {
    return this.noteFact.plainly(tx, message, { data: { points: message.data.points } });
  }

  @On(PointsRedeemedV1)
  async redeemed(_: PointsRedeemedV1, tx: Tx, message: Message<PointsRedeemedV1>): Promise<Handled> {
    return this.noteFact.plainly(tx, message, { data: { points: message.data.points } });
  }

  @On(PointsReturnedV1)
  async returned(_: PointsReturnedV1, tx: Tx, message: Message<PointsReturnedV1>): Promise<Handled> {
    return this.noteFact.plainly(tx, message, { data: { points: message.data.points } });
  }

  @On(PointsReversedV1)
  async reversed(_: PointsReversedV1, tx: Tx, message: Message<PointsReversedV1>): Promise<Handled> {
    const { points } = message.data;
    return this.noteFact.plainly(tx, message, { data: { points }, points: -Math.abs(points) });
  }
}
