import { email } from './common.schema.js';

describe('an e-mail address', () => {
  it('is taken as it is pasted, with blanks and line breaks around it', () => {
    for (const pasted of [' ada@tandem.example', 'ada@tandem.example ', '\tada@tandem.example\r\n'])
      expect(email.parse(pasted)).toBe('ada@tandem.example');
    expect(email.parse('Ada@Tandem.example')).toBe('Ada@Tandem.example');
  });

  it('is refused with blanks inside, with nothing, or with more than 254 characters', () => {
    for (const wrong of ['a da@tandem.example', ' ', '', 'ada', `ada@${'x'.repeat(250)}.example`, null, 5, undefined])
      expect(email.safeParse(wrong).error?.issues[0]?.message).toBe('wants an e-mail address');
  });
});
