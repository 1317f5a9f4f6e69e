import { ConfigError } from '@tandem/host';
import { paymentConfig } from './config.js';

const secret = `whsec_${Buffer.from('the secret of today, of the specs').toString('base64')}`;
const bank = { BANK_URL: 'http://127.0.0.1:3100', PAYMENT_WEBHOOK_SECRET: secret };
const stripe = {
  PAYMENT_PROVIDER: 'stripe',
  STRIPE_SECRET_KEY: 'sk_test_51abc',
  STRIPE_WEBHOOK_SECRETS: 'whsec_12345678,whsec_87654321',
  STRIPE_RETURN_URL: 'https://shop.example/back',
};
const development = { TANDEM_MODE: 'development' };
const refusal = (env: Record<string, string>): string => {
  try {
    paymentConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return 'accepted';
};

describe('the configuration of payments', () => {
  it('charges at the sandbox in development', () => {
    expect(paymentConfig({ ...development, ...bank })).toEqual({
      provider: 'sandbox',
      bankUrl: 'http://127.0.0.1:3100',
      deadlineMs: 10_000,
      webhookSecrets: [secret],
    });
  });

  it('names its provider in production', () => {
    expect(refusal(bank)).toContain('PAYMENT_PROVIDER: got nothing, wants sandbox or stripe');
    expect(refusal({ ...bank, PAYMENT_PROVIDER: 'paypal' })).toContain('PAYMENT_PROVIDER: got "paypal", wants sandbox or stripe');
    expect(paymentConfig({ ...bank, PAYMENT_PROVIDER: 'sandbox' })).toMatchObject({ provider: 'sandbox' });
  });

  it('talks to Stripe with what Stripe gives, and needs nothing of the sandbox', () => {
    expect(paymentConfig({ ...stripe, STRIPE_SECRET_KEY: 'rk_live_51abc', BANK_TIMEOUT_MS: '8000' })).toEqual({
      provider: 'stripe',
      secretKey: 'rk_live_51abc',
      apiUrl: 'https://api.stripe.com',
      returnUrl: 'https://shop.example/back',
      deadlineMs: 8_000,
      webhookSecrets: ['whsec_12345678', 'whsec_87654321'],
    });
  });

  it('names what is missing, and never shows a key', () => {
    const said = refusal({ PAYMENT_PROVIDER: 'stripe', STRIPE_SECRET_KEY: 'pk_live_public' });
    for (const name of ['STRIPE_SECRET_KEY', 'STRIPE_WEBHOOK_SECRETS', 'STRIPE_RETURN_URL']) expect(said).toContain(`  ${name}: got `);
    expect(said).not.toContain('pk_live_public');
  });

  it('moves no money in development, and sends no key in the clear in production', () => {
    expect(refusal({ ...development, ...stripe, STRIPE_SECRET_KEY: 'sk_live_51abc' })).toContain('got a key that moves money');
    expect(refusal({ ...stripe, STRIPE_API_URL: 'http://stripe.example' })).toContain('wants https');
    expect(refusal({ ...stripe, STRIPE_API_URL: 'https://stripe.example/v1' })).toContain('without a path');
    expect(paymentConfig({ ...development, ...stripe, STRIPE_API_URL: 'http://127.0.0.1:12111' })).toMatchObject({
      apiUrl: 'http://127.0.0.1:12111',
    });
  });
});
