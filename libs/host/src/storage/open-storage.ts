import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { fileStorage } from './file-storage.js';
import { s3Storage } from './s3-storage.js';
import type { Storage } from './storage.js';

const wanted =
  'where objects are stored: file:///folder, or s3://bucket?region=eu-central-1&endpoint=https://s3.example (the endpoint for what is not AWS)';
/** Source: Amazon S3, "Bucket naming rules". */
const bucket = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** `file:///folder` or `s3://bucket`, the latter with `region` and `endpoint`. */
export const storageUrl = z
  .url({ protocol: /^(file|s3)$/, error: wanted })
  .refine((text) => URL.canParse(text) && isWhole(new URL(text)), wanted);

function isWhole({ protocol, host, pathname, searchParams }: URL): boolean {
  if (protocol === 'file:') return host === '' && searchParams.size === 0;
  const endpoint = searchParams.get('endpoint');
  const isKnown = [...searchParams.keys()].every((name) => name === 'region' || name === 'endpoint');
  return bucket.test(host) && ['', '/'].includes(pathname) && isKnown && (endpoint === null || /^https?:\/\/[^/?#]+\/?$/.test(endpoint));
}

/** The storage behind an address that `storageUrl` has let through. */
export function openStorage(url: string): Storage {
  const { protocol, host, searchParams } = new URL(url);
  if (protocol === 'file:') return fileStorage(fileURLToPath(url));
  const endpoint = searchParams.get('endpoint');
  return s3Storage(host, { region: searchParams.get('region') ?? 'us-east-1', ...(endpoint === null ? {} : { endpoint }) });
}
