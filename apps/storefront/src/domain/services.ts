/** The services whose operations the storefront gathers, in the order their pages are walked. */
export const operatedServices = [
  'customer',
  'catalog',
  'inventory',
  'cart',
  'order',
  'payment',
  'shipping',
  'notification',
  'loyalty',
  'webhook',
  'document',
  'media',
] as const;
export type ServiceName = (typeof operatedServices)[number];

/** Where a page that walks over several services goes on: in which of them, and at its own cursor. */
export type FanCursor = { readonly service: ServiceName; readonly cursor: string };

export function encodeCursor({ service, cursor }: FanCursor): string {
  return `${service}.${cursor}`;
}

/** `undefined` for a text that is not one of ours. */
export function decodeCursor(text: string): FanCursor | undefined {
  const [name = '', ...rest] = text.split('.');
  const service = operatedServices.find((known) => known === name);
  return service && { service, cursor: rest.join('.') };
}
