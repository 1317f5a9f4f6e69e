import { notFound, Refusal } from '@tandem/host';
import { type SpecStorefront, startStorefront } from './spec-storefront.js';

describe('labels at the edge', () => {
  let storefront: SpecStorefront;
  beforeAll(async () => {
    const getLabel = ({ shipmentId }: { shipmentId: string }) => {
      if (shipmentId === 'shp_1') return Promise.resolve({ content: Buffer.from('%PDF-1.7') });
      return Promise.reject(shipmentId === 'shp_voided' ? new Refusal('label-voided') : notFound());
    };
    storefront = await startStorefront({ shipping: { getLabel } });
  });
  afterAll(() => storefront.close());

  const ask = (shipmentId: string, who = 'staff:cus_2') => fetch(`${storefront.url}/admin/v1/shipments/${shipmentId}/label`, { headers: { authorization: `Bearer ${who}` } });

  it('come as a file, and are kept by nobody on the way', async () => {
    const answer = await ask('shp_1');
    const headers = ['content-type', 'content-disposition', 'cache-control'].map((name) => answer.headers.get(name));
    expect([answer.status, await answer.text(), ...headers]).toEqual([200, '%PDF-1.7', 'application/pdf', 'inline; filename="label-shp_1.pdf"', 'no-store']);
  });

  it('are for staff, and only while they hold', async () => {
    const answers = await Promise.all([ask('shp_1', 'customer:cus_1'), ask('shp_voided'), ask('shp_none')]);
    expect(await Promise.all(answers.map(async (answer) => [answer.status, ((await answer.json()) as { code: string }).code]))).toEqual([[403, 'forbidden'], [409, 'label-voided'], [404, 'not-found']]);
  });
});
