import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type EventSchemas, breaksOfRelease, eventSchemas } from '@tandem/contracts';
import { Failure } from './failure.js';
import { participantsModule } from './participants.js';
import { breakingArgs, releasedProto, runBuf } from './protobuf.js';
import { referencePages } from './reference.js';

/** The event schemas of the last release, from the root of the repository. */
export const releasedEvents = 'libs/contracts/released/events.json';

/**
 * Writes everything that `npm run reference` makes from code under `root`; as a release, also what the next changes of events and of protobuf are compared with.
 * Throws a `Failure` that names what is broken and why, and writes nothing, when the last release is: an event, or, as a release, protobuf (`npm test` looks at it each time).
 */
export async function writeReference(root: string, { release }: { readonly release: boolean }, schemas = eventSchemas()): Promise<void> {
  eventsMustNotBreak(join(root, releasedEvents), schemas as EventSchemas);
  if (release) protobufMustNotBreak(join(root, releasedProto));
  for (const [name, text] of Object.entries(referencePages())) await write(join(root, 'docs/reference', name), text);
  await write(join(root, 'libs/contracts/src/participants.ts'), participantsModule());
  if (!release) return;
  await write(join(root, releasedEvents), `${JSON.stringify(schemas, null, 1)}\n`);
  mustSucceed(runBuf(['build', '--exclude-source-info', '--output', join(root, releasedProto)]));
}

function eventsMustNotBreak(file: string, schemas: EventSchemas): void {
  const broken = breaksOfRelease(JSON.parse(readFileSync(file, 'utf8')) as EventSchemas, schemas);
  if (broken.length === 0) return;
  throw new Failure(
    `This breaks what the last release publishes or reads:\n${broken.map((each) => `  ${each}\n`).join('')}Leave the event as it was and publish a new version of it beside it (docs/how-to/add-an-event.md). Nothing was written.`,
  );
}

function protobufMustNotBreak(image: string): void {
  const { status, said } = runBuf(breakingArgs(image));
  if (status !== 0) throw new Failure(`This breaks the calls of the last release:\n${said}Nothing was written.`);
}

function mustSucceed({ status, said }: ReturnType<typeof runBuf>): void {
  if (status !== 0) throw new Error(`buf ended with ${status}: ${said}`);
}

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}
