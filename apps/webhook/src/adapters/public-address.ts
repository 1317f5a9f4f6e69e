import { lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** Everything that is not the public internet. Sources: IANA special-purpose address registries (RFC 6890 and its updates). */
const networks4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
];
/** Of IPv6 only 2000::/3 is public, less what leads into IPv4 or is set apart. */
const networks6 = ['::/3', '4000::/2', '8000::/1', '2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

/** One list a family: a list of both would judge IPv4 by the networks of IPv6 that it is mapped into. */
function blockList(networks: readonly string[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    list.addSubnet(address, Number(prefix), family);
  }
  return list;
}

/** True for an address of the public internet. A name is none: look it up first. */
export function publicAddresses(): (address: string) => boolean {
  const [blocked4, blocked6] = [blockList(networks4, 'ipv4'), blockList(networks6, 'ipv6')];
  return (address) => {
    const family = isIP(address);
    if (family === 4) return !blocked4.check(address, 'ipv4');
    return family === 6 && !blocked6.check(address, 'ipv6');
  };
}

/** A name had a private address: nothing was sent. */
export class PrivateAddress extends Error {
  override readonly name = 'PrivateAddress';
}

/** Looks a name up for a connection, and refuses it when any of its addresses is private: what is connected to is what was looked at. */
export function guardedLookup(isPublic: (address: string) => boolean): LookupFunction {
  return (hostname, options, done) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error) return done(error, '', 0);
      const [first] = found;
      if (!first || !found.every(({ address }) => isPublic(address)))
        return done(new PrivateAddress(`${hostname} has an address that is not public`), '', 0);
      if (options.all) done(null, found as never, undefined as never);
      else done(null, first.address, first.family);
    });
  };
}
