/** Whether an `Accept` header names HTML and likes nothing better than it, as browsers do. `*`/`*` alone, and no header, are not a wish for a page. Source: RFC 9110, 12.5.1. */
export function prefersHtml(header: string | undefined): boolean {
  const ranges = (header ?? '').split(',').map(rangeOf);
  const html = Math.max(0, ...ranges.filter(({ type }) => type === 'text/html').map(({ quality }) => quality));
  return html > 0 && ranges.every(({ quality }) => quality <= html);
}

function rangeOf(text: string): { readonly type: string; readonly quality: number } {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const weight = parameters.find((parameter) => parameter.startsWith('q='));
  const quality = weight === undefined ? 1 : Number(weight.slice(2));
  return { type, quality: Number.isFinite(quality) ? quality : 0 };
}
