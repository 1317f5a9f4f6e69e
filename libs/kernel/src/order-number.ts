/** The number of an order as a person typed it, as it is stored: upper case, and the letters people mix up read as the digits they look like. */
export function normalizeOrderNumber(text: string): string {
  return text.trim().toUpperCase().replaceAll('O', '0').replaceAll(/[IL]/g, '1');
}
