import { PrivateAddress } from './public-address.js';

/** Why nothing was answered, by the code of the failure. Sources: Node.js "Common system errors" and "TLS/SSL error codes", undici "Errors". */
const reasons: Readonly<Record<string, (host: string) => string>> = {
  ENOTFOUND: (host) => `the name ${host} cannot be found`,
  EAI_AGAIN: (host) => `the name ${host} cannot be looked up at the moment`,
  ECONNREFUSED: (host) => `${host} refused the connection`,
  ECONNRESET: (host) => `${host} broke the connection off`,
  EPIPE: (host) => `${host} broke the connection off`,
  UND_ERR_SOCKET: (host) => `${host} broke the connection off`,
  EHOSTUNREACH: (host) => `${host} cannot be reached`,
  ENETUNREACH: (host) => `${host} cannot be reached`,
  ETIMEDOUT: (host) => `${host} did not take the connection in time`,
  UND_ERR_CONNECT_TIMEOUT: (host) => `${host} did not take the connection in time`,
  UND_ERR_HEADERS_TIMEOUT: (host) => `${host} did not answer in time`,
  UND_ERR_BODY_TIMEOUT: (host) => `${host} did not answer in time`,
  CERT_HAS_EXPIRED: (host) => `the certificate of ${host} is not valid: it has expired`,
  CERT_NOT_YET_VALID: (host) => `the certificate of ${host} is not valid yet`,
  ERR_TLS_CERT_ALTNAME_INVALID: (host) => `the certificate of ${host} is not valid: it is for another name`,
  DEPTH_ZERO_SELF_SIGNED_CERT: (host) => `the certificate of ${host} is not valid: it is signed by itself`,
  SELF_SIGNED_CERT_IN_CHAIN: (host) => `the certificate of ${host} is not valid: it is signed by nobody known`,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: (host) => `the certificate of ${host} is not valid: it is signed by nobody known`,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: (host) => `the certificate of ${host} is not valid: who signed it does not come with it`,
};

/** Why an attempt got no answer, as the owner of the endpoint can understand it; an unknown failure says its own words. */
export function whyNotSent(error: unknown, { hostname }: Pick<URL, 'hostname'>): string {
  if (error instanceof PrivateAddress) return privateAddress(hostname);
  const { name, code } = failureOf(error);
  if (name === 'TimeoutError') return `${hostname} did not answer in time`;
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_')) return `${hostname} does not speak TLS as we do`;
  return reasons[code]?.(hostname) ?? String(error);
}

/** What is said of an address that is not of the public internet. */
export function privateAddress(host: string): string {
  return `${host} is a private address: only those of the public internet are told`;
}

type Failure = { readonly name?: unknown; readonly code?: unknown; readonly errors?: readonly unknown[] } | null | undefined;

/** A connection that was tried at several addresses of a name failed as at the first of them. */
function failureOf(error: unknown): { readonly name: string; readonly code: string } {
  const failure = error as Failure;
  const [first] = failure?.errors ?? [];
  if (first !== undefined) return failureOf(first);
  return { name: String(failure?.name), code: String(failure?.code) };
}
