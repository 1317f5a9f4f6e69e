import type { Published } from '../adapters/published.js';
import { topicFaults } from './topic.js';

const told = (key: string, sequence: number, type: string, id = `${key}-${sequence}`): Published => ({ key, id, type, sequence });
const placed = told('ord_1', 1, 'order.confirmed.v1');
const delivered = told('ord_1', 2, 'order.delivered.v1');
const cancelled = told('ord_2', 1, 'order.cancelled.v1');

describe('the topic of orders', () => {
  it('is right when what was sold is confirmed there once, and copies stand beside it', () => {
    expect(topicFaults([placed, delivered, placed, delivered, cancelled], ['ord_1'])).toEqual([]);
  });

  it.each<[string, readonly Published[], string]>([
    ['an order is missing', [cancelled], 'ord_1: was never confirmed in the log'],
    [
      'nobody knows of an order',
      [placed, told('ord_3', 1, 'order.confirmed.v1')],
      'ord_3: is confirmed in the log, and no shopper knows of it',
    ],
    ['an order is confirmed twice', [placed, told('ord_1', 2, 'order.confirmed.v1')], 'ord_1: is confirmed 2 times in the log'],
    ['there is a hole', [placed, told('ord_1', 3, 'order.delivered.v1')], 'ord_1: number 3 stands after 1 in the log'],
    [
      'events have changed places',
      [placed, cancelled, told('ord_4', 2, 'order.delivered.v1')],
      'ord_4: number 2 stands after 0 in the log',
    ],
    [
      'one number stands for two',
      [placed, delivered, told('ord_1', 2, 'order.refunded.v1', 'other')],
      'ord_1: number 2 stands for two events in the log',
    ],
  ])('is wrong when %s', (_what, records, fault) => {
    expect(topicFaults(records, ['ord_1'])).toEqual([fault]);
  });
});
