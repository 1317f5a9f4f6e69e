import type { Endpoint } from './endpoint.js';

/** Which methods a path is offered with, e.g. for `Allow`; empty for a path we do not know. */
export type MethodsOf = (path: string) => readonly string[];

/** HEAD comes with GET. */
export function methodsOf(endpoints: readonly Pick<Endpoint, 'method' | 'path'>[]): MethodsOf {
  const routes = endpoints.map(({ method, path }) => ({ method, pattern: new RegExp(`^${path.replace(/:[A-Za-z]+/g, '[^/]+')}$`) }));
  return (path) => {
    const methods = routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method);
    return [...new Set(methods.includes('GET') ? ['GET', 'HEAD', ...methods] : methods)];
  };
}
