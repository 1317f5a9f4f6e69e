import { cart } from '@tandem/cart';
import { catalog } from '@tandem/catalog';
import { customer } from '@tandem/customer';
import { document } from '@tandem/document';
import type { ServiceDefinition } from '@tandem/host';
import { inventory } from '@tandem/inventory';
import { loyalty } from '@tandem/loyalty';
import { media } from '@tandem/media';
import { notification } from '@tandem/notification';
import { order } from '@tandem/order';
import { payment } from '@tandem/payment';
import { sandbox } from '@tandem/sandbox';
import { shipping } from '@tandem/shipping';
import { storefront } from '@tandem/storefront';
import { webhook } from '@tandem/webhook';

/** Every service of the shop; the one that takes requests from outside comes last. A new service is one line here. */
export const services = [
  customer,
  catalog,
  inventory,
  cart,
  payment,
  shipping,
  loyalty,
  notification,
  webhook,
  document,
  media,
  order,
  sandbox,
  storefront,
] as readonly unknown[] as readonly ServiceDefinition[];
