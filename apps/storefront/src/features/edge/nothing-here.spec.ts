import { nothingAt } from './nothing-here.js';

describe('what a 404 says', () => {
  it.each([
    ['/v1/orders/:orderId', { orderId: 'ord_1' }, 'there is no order ord_1 of yours'],
    ['/v1/orders/:orderId/events/stream', { orderId: 'ord_1' }, 'there is no order ord_1 of yours'],
    ['/v1/orders/:orderId/invoice', { orderId: 'ord_1' }, 'there is no invoice of order ord_1 of yours'],
    [
      '/v1/orders/:orderId/refunds/:refundId/credit-note',
      { orderId: 'ord_1', refundId: 'ref_2' },
      'there is no credit note of refund ref_2 of order ord_1 of yours',
    ],
    ['/v1/carts/:cartId/lines/:lineId', { cartId: 'abc', lineId: 'line_2' }, 'there is no line line_2 of cart abc of yours'],
    ['/v1/products/:idOrSlug', { idOrSlug: 'mug' }, 'there is no product mug'],
    ['/v1/tracking/:trackingCode', { trackingCode: 'T1' }, 'there is no parcel T1'],
    ['/v1/orders/lookup', {}, 'there is no order with this number and e-mail'],
  ])('at %s names what was looked for, of the asker’s own where they see no others', (path, params, said) =>
    expect(nothingAt(path, params, false)).toBe(said),
  );

  it('names it to staff, who see everybody’s, as what is not there at all', () => {
    expect(nothingAt('/v1/orders/:orderId', { orderId: 'ord_1' }, true)).toBe('there is no order ord_1');
    expect(nothingAt('/admin/v1/shipments/:shipmentId/label', { shipmentId: 'shp_1' }, true)).toBe('there is no label of shipment shp_1');
  });

  it('is nothing where the path holds a secret or a name of others, and never long', () => {
    expect(nothingAt('/v1/unsubscribe/:token', { token: 'secret' }, false)).toBeUndefined();
    expect(nothingAt('/v1/webhooks/payments/:provider', { provider: 'x' }, false)).toBeUndefined();
    expect(nothingAt('/v1/orders/:orderId', { orderId: 'x'.repeat(500) }, false)).toBe(`there is no order ${'x'.repeat(100)} of yours`);
  });
});
