import { withWorkAmong } from './learn.js';

const passed = [
  'inventory: commit inventory_expire_due, before',
  'inventory: commit inventory_expire_due, after',
  'order: database order_take_owed, before',
  'order: database order_take_owed, after',
  'order: database order_take_owed, after, with rows',
  'payment: database payment_take_due_news, after, with rows',
  'notification: database notification_take_mail, after, with rows',
];

describe('sweepers with work in their hands', () => {
  it('die where they have taken something, and not where they have looked in vain', () => {
    expect(withWorkAmong(passed).map(({ point, round }) => `${point} in ${round}`)).toEqual([
      'inventory: commit inventory_expire_due, before in a challenge that outlasts its reservation',
      'inventory: commit inventory_expire_due, after in a challenge that outlasts its reservation',
      'order: database order_take_owed, after, with rows in a debt of a cancellation',
      'payment: database payment_take_due_news, after, with rows in news of a challenge',
      'notification: database notification_take_mail, after, with rows in a mail that is due',
    ]);
  });

  it('are missed by name when they never pass such a point', () => {
    const without = passed.filter((point) => point !== 'order: database order_take_owed, after, with rows');
    expect(() => withWorkAmong(without)).toThrow(/^a debt of a cancellation: no crash point that was passed is one of .*order_take_owed/);
  });
});
