import { sheetsOf } from './label-sheet.js';

const shippingAddress = { name: 'Zoë Müller', line1: 'Example Street 1', postalCode: '10115', city: 'Berlin', country: 'de', note: 7 };
const label = {
  orderId: 'ord_1',
  trackingCode: 'SBX1',
  service: 'express',
  createdAt: new Date(0),
  shippingAddress,
  parcels: [{ weightGrams: 650 }, { weightGrams: 12_005 }],
};

describe('the sheets of a label', () => {
  it('are one for every parcel, with its number and weight', () => {
    const shared = {
      service: 'EXPRESS',
      to: ['Zoë Müller', 'Example Street 1', '10115 Berlin', 'DE'],
      reference: 'ord_1',
      trackingCode: 'SBX1',
    };
    expect(sheetsOf(label)).toEqual([
      { ...shared, parcel: '1 of 2', weight: '0.65 kg' },
      { ...shared, parcel: '2 of 2', weight: '12.01 kg' },
    ]);
  });

  it('say what the address says, in letters the printer has', () => {
    const to = { name: 'Šárka\nNováková', line1: '日本 1', line2: 'Floor 2', postalCode: '', city: 'Łódź', region: 'PL', phone: '+48 1' };
    expect(sheetsOf({ ...label, shippingAddress: to })[0]?.to).toEqual(['Sárka Nováková', '?? 1', 'Floor 2', '?ódz, PL', '+48 1']);
  });
});
