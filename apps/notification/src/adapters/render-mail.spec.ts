import { renderMail } from './render-mail.js';

const linesOf = (lead: string) =>
  renderMail({
    kind: 'order.delivered',
    to: '',
    locale: 'en',
    subject: '',
    values: { locale: 'en', t: { subject: 'Here', lead, why: 'x' } },
  })
    .text.split('\n')
    .slice(2, -4);

describe('the text of a mail', () => {
  it('has no line that a terminal of 80 columns would break, and loses no word', () => {
    const lead = Array.from({ length: 40 }, (_, n) => `word${n}`).join(' ');
    const lines = linesOf(lead);
    expect(lines.every(({ length }) => length <= 78)).toBe(true);
    expect(lines.join(' ')).toBe(lead);
  });

  it('keeps a long address whole, and an amount with its currency', () => {
    const url = `https://shop.example/${'a'.repeat(90)}`;
    expect(linesOf(url)).toEqual([url]);
    expect(linesOf(`${'a'.repeat(70)} costs 1.194,58\u00a0€`)).toEqual([`${'a'.repeat(70)} costs`, '1.194,58\u00a0€']);
  });
});
