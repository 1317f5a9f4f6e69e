import { Controller } from '@nestjs/common';
import { PointsAvailableV1, PointsAwardedV1, PointsRedeemedV1, PointsReturnedV1, PointsReversedV1 } from '@tandem/contracts';
import type { Tx } from '@tandem/kernel';
import { type Handled, type Message, On } from '@tandem/messaging';
import { NoteFact } from './note-fact.js';

/** Keeps the points an order has earned, and has lost again; notes those it was paid with. */
@Controller()
export class FollowPoints {
  constructor(private readonly noteFact: NoteFact) {}

  @On(PointsAwardedV1, { batch: 16 })
  async awarded(_: readonly PointsAwardedV1[], tx: Tx, messages: readonly Message<PointsAwardedV1>[]): Promise<Handled> {
    return this.noteFact.plainly(tx, messages, ({ points }) => ({ data: { points }, points }));
  }

  @On(PointsAvailableV1, { batch: 16 })
  async available(_: readonly PointsAvailableV1[], tx: Tx, messages: readonly Message<PointsAvailableV1>[]): Promise<Handled> {
    return this.noteFact.plainly(tx, messages, ({ points }) => ({ data: { points } }));
  }

  @On(PointsRedeemedV1, { batch: 16 })
  async redeemed(_: readonly PointsRedeemedV1[], tx: Tx, messages: readonly Message<PointsRedeemedV1>[]): Promise<Handled> {
    return this.noteFact.plainly(tx, messages, ({ points }) => ({ data: { points } }));
  }

  @On(PointsReturnedV1, { batch: 16 })
  async returned(_: readonly PointsReturnedV1[], tx: Tx, messages: readonly Message<PointsReturnedV1>[]): Promise<Handled> {
    return this.noteFact.plainly(tx, messages, ({ points }) => ({ data: { points } }));
  }

  @On(PointsReversedV1, { batch: 16 })
  async reversed(_: readonly PointsReversedV1[], tx: Tx, messages: readonly Message<PointsReversedV1>[]): Promise<Handled> {
    return this.noteFact.plainly(tx, messages, ({ points }) => ({ data: { points }, points: -Math.abs(points) }));
  }
}
