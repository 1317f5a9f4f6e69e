export { type Answer, type Ask, type Http, http } from './client/http.js';
export { type CheckoutOptions, type Shopper, address, demo, expecting, guest, logIn, newCustomer, staff } from './client/shopper.js';
export { until } from './client/until.js';
export { type World, productOfItsOwn, world } from './client/world.js';
