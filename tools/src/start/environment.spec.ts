import { environmentOf } from './environment.js';
import type { StartOptions } from './options.js';
import { newSecrets } from './secrets.js';

const secrets = newSecrets();
const ports = { storefront: 3000, sandbox: 3100, smtp: 2525 };

describe('the environment of every process', () => {
  const started = (env: StartOptions['env']) =>
    environmentOf({
      options: { kind: 'start', dataDir: '/data', kafka: false, split: false, replicas: new Map(), fresh: false, seed: true, env },
      ports,
      databaseUrl: 'postgres://here/db',
      brokers: undefined,
      secrets,
    });

  it('asks the sandbox whether a mail has arrived, as its mails go there', () => {
    expect(started({})).toMatchObject({ SMTP_URL: 'smtp://127.0.0.1:2525', MAILBOX_URL: 'http://127.0.0.1:3100' });
  });

  it('asks nobody about the mails of your own server: the sandbox would say that none has arrived, and they would be sent twice', () => {
    expect(started({ SMTP_URL: 'smtp://mail.example:25' })).toMatchObject({ SMTP_URL: 'smtp://mail.example:25' });
    expect(started({ SMTP_URL: 'smtp://mail.example:25' })).not.toHaveProperty('MAILBOX_URL');
  });

  it('asks the mailbox that belongs to your own server', () => {
    const env = { SMTP_URL: 'smtp://mail.example:25', MAILBOX_URL: 'http://mail.example' };
    expect(started(env)).toMatchObject(env);
  });

  it('is what was set, but for addresses that are assigned; what is empty counts as not set', () => {
    expect(started({ BANK_URL: 'http://bank.example', DATABASE_URL: 'postgres://elsewhere/db', CARRIER_URL: '' })).toMatchObject({
      BANK_URL: 'http://bank.example',
      DATABASE_URL: 'postgres://here/db',
      CARRIER_URL: 'http://127.0.0.1:3100',
    });
  });
});
