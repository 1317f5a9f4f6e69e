import { shippingConfig } from './config.js';

const sandbox = { CARRIER_URL: 'http://127.0.0.1:3100', CARRIER_WEBHOOK_SECRET: `whsec_${'a'.repeat(32)}` };
const from = { company: 'Tandem', street1: 'Example Street 1', city: 'Berlin', zip: '10115', country: 'DE' };
const easypost = {
  CARRIER: 'easypost',
  EASYPOST_API_KEY: 'EZTKabc',
  EASYPOST_WEBHOOK_SECRETS: 'sixteen-or-longer,another-of-sixteen',
  EASYPOST_FROM: JSON.stringify(from),
};
const development = { TANDEM_MODE: 'development' };
const messageOf = (env: Record<string, string>): string => {
  try {
    shippingConfig(env);
    return 'valid';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('the configuration of shipping', () => {
  it('is the sandbox in development, and what is named otherwise', () => {
    expect(shippingConfig({ ...development, ...sandbox })).toEqual({
      carrier: 'sandbox',
      carrierUrl: sandbox.CARRIER_URL,
      webhookSecret: sandbox.CARRIER_WEBHOOK_SECRET,
    });
    expect(shippingConfig({ ...development, ...easypost })).toEqual({
      carrier: 'easypost',
      apiKey: 'EZTKabc',
      apiUrl: 'https://api.easypost.com',
      from,
      webhookSecrets: ['sixteen-or-longer', 'another-of-sixteen'],
    });
    expect(shippingConfig({ ...easypost, EASYPOST_API_KEY: 'EZAKabc' })).toMatchObject({ apiKey: 'EZAKabc' });
  });

  it.each([
    ['CARRIER', sandbox],
    ['CARRIER', { ...development, CARRIER: 'dhl' }],
    ['CARRIER_WEBHOOK_SECRET', { ...development, CARRIER_URL: sandbox.CARRIER_URL }],
    ['EASYPOST_API_KEY', { ...development, ...easypost, EASYPOST_API_KEY: 'EZAKabc' }],
    ['EASYPOST_API_KEY', { ...development, ...easypost, EASYPOST_API_KEY: 'sk_test' }],
    ['EASYPOST_WEBHOOK_SECRETS', { ...development, ...easypost, EASYPOST_WEBHOOK_SECRETS: 'short' }],
    ['EASYPOST_FROM', { ...development, ...easypost, EASYPOST_FROM: '{"street1":"x"}' }],
    ['EASYPOST_FROM', { ...development, ...easypost, EASYPOST_FROM: 'Berlin' }],
    ['EASYPOST_API_URL', { ...easypost, EASYPOST_API_URL: 'http://127.0.0.1:1' }],
  ])('ends the boot with the name of %s when that does not fit', (name, env) => {
    expect(messageOf(env)).toContain(`${name}: `);
  });
});
