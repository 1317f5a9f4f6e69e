import { webhookFaults } from './after-sale.js';

const told = (id: string, type: string, orderId = 'ord_1', more = '') => ({
  name: 'mine',
  headers: { 'webhook-id': id },
  body: JSON.stringify({ type, data: { orderId, more } }),
  verified: true,
});
const whole = [told('1', 'order.confirmed'), told('2', 'order.shipped'), told('3', 'order.delivered')];

describe('what a listener received', () => {
  it('is right when every event came in order, also more than once', () => {
    expect(webhookFaults(['ord_1'], [...whole.slice(0, 2), whole[0]!, ...whole.slice(2)])).toEqual([]);
  });

  it('is wrong when a signature did not hold, or was not looked at', () => {
    const [first, second, third] = whole;
    expect(webhookFaults(['ord_1'], [{ ...first!, verified: false }, { ...second!, verified: null }, third!])).toEqual([
      'webhook 1 was not signed with the secret',
      'webhook 2 was not signed with the secret',
    ]);
  });

  it('is wrong when an event is missing or overtaken, or an id came with two bodies', () => {
    expect(webhookFaults(['ord_1', 'ord_2'], [whole[1]!, whole[0]!, whole[2]!, told('1', 'order.confirmed', 'ord_1', 'other')])).toEqual([
      'webhook 1 came with two bodies',
      'ord_1: its webhooks came as order.shipped order.confirmed order.delivered',
      'ord_2: its webhooks came as none',
    ]);
  });
});
