import { ConfigError } from '@tandem/host';
import { sandboxConfig } from './config.js';
import { webhookSecret } from './testing/sandbox-under-test.js';

const development = { TANDEM_MODE: 'development' };
const refusal = (env: Record<string, string>): string => {
  try {
    sandboxConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return 'accepted';
};

describe('the configuration of the sandbox', () => {
  it('has a default for everything in development', () => {
    expect(sandboxConfig(development)).toEqual({
      port: 3100,
      smtp: { port: 2525, mayMove: true },
      publicUrl: 'http://localhost:3100',
      serviceUrl: 'http://127.0.0.1:3100',
      webhooks: { payment: null, carrier: null },
      relayUrl: null,
    });
  });

  it('takes what it is given', () => {
    const env = {
      ...development,
      SANDBOX_PORT: '4100',
      SANDBOX_SMTP_PORT: '2526',
      CARRIER_WEBHOOK_URL: 'http://shop/hook',
      CARRIER_WEBHOOK_SECRET: webhookSecret,
      SANDBOX_URL: 'http://sandbox:3100/',
      RELAY_SMTP_URL: 'smtp://mailpit:1025',
    };
    expect(sandboxConfig(env)).toEqual({
      port: 4100,
      smtp: { port: 2526, mayMove: false },
      publicUrl: 'http://localhost:4100',
      serviceUrl: 'http://sandbox:3100',
      webhooks: { payment: null, carrier: { url: 'http://shop/hook', secret: webhookSecret } },
      relayUrl: 'smtp://mailpit:1025',
    });
  });

  it('is refused in production, which is also what no mode means', () => {
    expect([refusal({}), refusal({ TANDEM_MODE: 'production' })]).toEqual(
      Array(2).fill(expect.stringContaining('does not start in production')),
    );
  });

  it.each([
    ['SANDBOX_PORT', { SANDBOX_PORT: 'many' }],
    ['SANDBOX_SMTP_PORT: got "3100", wants another port than SANDBOX_PORT', { SANDBOX_SMTP_PORT: '3100' }],
    ['RELAY_SMTP_URL', { RELAY_SMTP_URL: 'http://mailpit' }],
    ['PAYMENT_WEBHOOK_SECRET', { PAYMENT_WEBHOOK_URL: 'http://shop/hook' }],
    ['CARRIER_WEBHOOK_SECRET', { CARRIER_WEBHOOK_URL: 'http://shop/hook', CARRIER_WEBHOOK_SECRET: 'secret' }],
  ])('names %s when it does not fit', (variable, env) => {
    expect(refusal({ ...development, ...env })).toContain(variable);
  });
});
