import { Metadata, type ServiceError } from '@grpc/grpc-js';
import { type Problem, problems } from '@tandem/contracts';
import { Refusal } from '../refusal.js';
import { metadataKeys } from './caller.js';

type Wire = { readonly problem: Problem; readonly replayOf?: { readonly requestId: string } };

/** A refusal as a gRPC error: status by the problem's code, the problem itself as JSON in trailing metadata, of its errors the first twenty. */
export function toGrpcError(refusal: Refusal): { code: number; details: string; metadata: Metadata } {
  const metadata = new Metadata();
  const wire: Wire = { problem: bounded(refusal.problem), ...(refusal.replayOf ? { replayOf: refusal.replayOf } : {}) };
  metadata.set(metadataKeys.problem, Buffer.from(JSON.stringify(wire)));
  return { code: problems[refusal.problem.code].grpc, details: refusal.problem.code, metadata };
}

/** Trailers have a limit (64 kB by default), and a connection that breaks it is closed for every call on it. */
const most = { errors: 20, detailLength: 500 };

function bounded(problem: Problem): Problem {
  const { errors, detail } = problem;
  return {
    ...problem,
    ...(detail === undefined ? {} : { detail: detail.slice(0, most.detailLength) }),
    ...(errors === undefined ? {} : { errors: errors.slice(0, most.errors) }),
  };
}

/** The refusal behind a gRPC error, if a service of ours refused. */
export function refusalOf(error: ServiceError): Refusal | undefined {
  const bytes = error.metadata?.get(metadataKeys.problem)[0];
  if (bytes === undefined) return undefined;
  const { problem, replayOf } = JSON.parse(bytes.toString()) as Wire;
  const { code, ...details } = problem;
  return new Refusal(code, details, replayOf);
}
