import { prefersHtml } from './accept.js';
import { etagOf, wantedBy } from './etag.js';
import { localeOf } from './locale.js';
import { decodeCursor, encodeCursor } from './services.js';

describe('Accept-Language', () => {
  it.each([
    [undefined, 'en'],
    ['', 'en'],
    ['de', 'de'],
    ['de-AT', 'de'],
    ['FR-ca;q=0.9, de;q=0.8', 'fr'],
    ['de;q=0.2, fr;q=0.9', 'fr'],
    ['pl, es', 'en'],
    ['*', 'en'],
    ['de;q=0, fr;q=0.1', 'fr'],
    ['de;q=nonsense, fr', 'fr'],
    ['en, de', 'en'],
  ])('%s is %s', (header, locale) => expect(localeOf(header)).toBe(locale));
});

describe('Accept', () => {
  it.each([
    [undefined, false],
    ['*/*', false],
    ['application/json', false],
    ['text/html', true],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8', true],
    ['application/json, text/html;q=0.5', false],
    ['application/json;q=0.5, TEXT/HTML', true],
    ['text/html;q=0', false],
    ['text/html;q=nonsense', false],
  ])('%s is a wish for a page: %s', (header, isOne) => expect(prefersHtml(header)).toBe(isOne));
});

describe('If-Match', () => {
  it.each([
    [undefined, { kind: 'any' }],
    ['*', { kind: 'any' }],
    [etagOf('7', 'ab12'), { kind: 'versions', versions: ['7'] }],
    ['"7-ab", "7-cd" , "8-ef"', { kind: 'versions', versions: ['7', '8'] }],
    [' , "7-ab",, W/"8-cd" ,', { kind: 'versions', versions: ['7'] }],
    ['"somebody’s, not ours","7-ab"', { kind: 'versions', versions: ['7'] }],
    ['"7-ab,8-cd"', { kind: 'versions', versions: [] }],
    ['"someone else’s"', { kind: 'versions', versions: [] }],
    ['W/"7-ab"', { kind: 'weak' }],
    ['W/"7-ab", W/"8-ef"', { kind: 'weak' }],
  ])('%s asks for what it names', (header, wanted) => expect(wantedBy(header)).toEqual(wanted));

  it.each([
    '',
    ' ',
    ',',
    'abc',
    '7-ab',
    "'7-ab'",
    '"7-ab',
    '7-ab"',
    '"7-ab" "8-ef"',
    'w/"7-ab"',
    '*, "7-ab"',
    '"7-ab", abc',
    'W/"7-ab", abc',
  ])('%j is no list of entity tags', (header) => expect(wantedBy(header)).toEqual({ kind: 'malformed' }));
});

describe('a cursor over several services', () => {
  it('is read as it was written', () =>
    expect(decodeCursor(encodeCursor({ service: 'order', cursor: 'a.b' }))).toEqual({ service: 'order', cursor: 'a.b' }));
  it('is not read when it is not one of ours', () => expect([decodeCursor('nowhere.1'), decodeCursor('')]).toEqual([undefined, undefined]));
});
