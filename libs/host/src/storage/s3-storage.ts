import { PassThrough, pipeline, Readable } from 'node:stream';
import type * as Sdk from '@aws-sdk/client-s3';
import { Unavailable } from '@tandem/messaging';
import { parts } from './parts.js';
import type { Storage, StorageKey } from './storage.js';

export type S3Access = {
  /** Of a server that is not AWS; then buckets are in the path, not in the host name. */
  readonly endpoint?: string;
  readonly region: string;
  /** A server that says nothing for so long is away, milliseconds; it is asked three times. Default: 10,000. */
  readonly silenceMs?: number;
};

type Connection = { readonly sdk: typeof Sdk; readonly client: Sdk.S3Client };
type Target = { readonly Bucket: string; readonly Key: string };

/** Least size of a part that is not the last, and all that is ever held of an upload. Source: Amazon S3, "Multipart upload limits". */
const partBytes = 5 * 1024 * 1024;

/** One request, until its answer begins: a part of an upload goes through a line of 1.5 Mbit/s. Milliseconds. */
const requestMs = 30_000;

/** Objects in a bucket of S3, or of a server that speaks like it. The SDK is loaded with the first object. */
export function s3Storage(bucket: string, access: S3Access): Storage {
  const state: { connection?: Promise<Connection> } = {};
  const connect = (): Promise<Connection> => (state.connection ??= connectTo(access));
  const target = (key: StorageKey): Target => ({ Bucket: bucket, Key: key });
  return {
    put: async (key, content) => putObject(await connect(), target(key), content),
    get: async (key) => {
      const { sdk, client } = await connect();
      const found = await reached(() => unlessMissing(() => client.send(new sdk.GetObjectCommand(target(key)))));
      return found && { sizeBytes: found.ContentLength ?? 0, content: told(found.Body as Readable) };
    },
    has: async (key) => {
      const { sdk, client } = await connect();
      return (await reached(() => unlessMissing(() => client.send(new sdk.HeadObjectCommand(target(key)))))) !== undefined;
    },
    remove: async (key) => {
      const { sdk, client } = await connect();
      await reached(() => client.send(new sdk.DeleteObjectCommand(target(key))));
    },
    close: async () => (await state.connection)?.client.destroy(),
  };
}

/** Who we are is told by the SDK's own chain: `AWS_…` variables, a credentials file, the role of the machine. Checksums that not every server knows are sent only where S3 asks for them; three tries, with the SDK's own pauses. */
async function connectTo({ endpoint, region, silenceMs = 10_000 }: S3Access): Promise<Connection> {
  const sdk = await import('@aws-sdk/client-s3');
  const client = new sdk.S3Client({
    region,
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 2_000, socketTimeout: silenceMs, requestTimeout: requestMs, throwOnRequestTimeout: true },
  });
  return { sdk, client };
}

/** What fits one part is one request; the rest goes part by part, and is seen when all of them are there. */
async function putObject(connection: Connection, target: Target, content: Uint8Array | Readable): Promise<{ sizeBytes: number }> {
  const { sdk, client } = connection;
  const blocks = parts(content instanceof Readable ? content : Readable.from([content]), partBytes);
  const first = await blocks.next();
  const second = first.done ? first : await blocks.next();
  if (!first.done && !second.done) return putParts(connection, target, chained([first.value, second.value], blocks));
  const Body = first.done ? new Uint8Array() : first.value;
  await reached(() => client.send(new sdk.PutObjectCommand({ ...target, Body, ContentLength: Body.length })));
  return { sizeBytes: Body.length };
}

async function putParts({ sdk, client }: Connection, target: Target, blocks: AsyncIterable<Buffer>): Promise<{ sizeBytes: number }> {
  const { UploadId } = await reached(() => client.send(new sdk.CreateMultipartUploadCommand(target)));
  const sent: { PartNumber: number; ETag: string | undefined }[] = [];
  let sizeBytes = 0;
  try {
    for await (const Body of blocks) {
      const PartNumber = sent.length + 1;
      const { ETag } = await reached(() =>
        client.send(new sdk.UploadPartCommand({ ...target, UploadId, PartNumber, Body, ContentLength: Body.length })),
      );
      sent.push({ PartNumber, ETag });
      sizeBytes += Body.length;
    }
    await reached(() => client.send(new sdk.CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts: sent } })));
    return { sizeBytes };
  } catch (error) {
    await client.send(new sdk.AbortMultipartUploadCommand({ ...target, UploadId })).catch(() => undefined); // a rule of the bucket ends what is left
    throw error;
  }
}

/** The same bytes; what breaks off on the way is a storage that is away. */
function told(body: Readable): Readable {
  const content = new PassThrough({ destroy: (error, done) => done(error && new Unavailable('storage', { cause: error })) });
  pipeline(body, content, () => undefined); // whoever reads the content sees the error
  return content;
}

async function* chained(early: readonly Buffer[], rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield* early;
  yield* rest;
}

type SdkError = { readonly name?: string; readonly $metadata?: { readonly httpStatusCode?: number } };

async function unlessMissing<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    const { name } = error as SdkError;
    if (name === 'NoSuchKey' || name === 'NotFound') return undefined;
    throw error;
  }
}

/** An upload that the bucket's rule has ended is begun anew by whoever tries again. */
const goneMeanwhile = ['NoSuchBucket', 'NoSuchUpload'];

/** Not there, busy, or not ours to use: whoever waits may find it better. Only what S3 says to the request itself is a mistake of ours. */
async function reached<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { name, $metadata } = error as SdkError;
    const status = $metadata?.httpStatusCode;
    const isAway = status === undefined || status >= 500 || [401, 403, 408, 429].includes(status) || goneMeanwhile.includes(name ?? '');
    if (isAway) throw new Unavailable('storage', { cause: error });
    throw error;
  }
}
