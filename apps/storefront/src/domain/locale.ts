/** The languages the shop speaks. */
export type Locale = 'de' | 'en' | 'fr';

const spoken: readonly string[] = ['de', 'en', 'fr'];

/** The language an `Accept-Language` header likes best among ours; English when it likes none. Source: RFC 9110, 12.5.4. */
export function localeOf(header: string | undefined): Locale {
  const ranges = (header ?? '').split(',').map((text, index) => rangeOf(text, index));
  const liked = ranges.filter(({ language, quality }) => spoken.includes(language) && quality > 0);
  const [best] = liked.sort((a, b) => b.quality - a.quality || a.index - b.index);
  return (best?.language ?? 'en') as Locale;
}

function rangeOf(text: string, index: number): { language: string; quality: number; index: number } {
  const [range = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const weight = parameters.find((parameter) => parameter.startsWith('q='));
  const quality = weight === undefined ? 1 : Number(weight.slice(2));
  return { language: range.split('-')[0] ?? '', quality: Number.isFinite(quality) ? quality : 0, index };
}
