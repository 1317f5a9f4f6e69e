import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type EventSchemas, breaksOfRelease, eventSchemas } from '@tandem/contracts';
import { Failure } from './failure.js';
import { participantsModule } from './participants.js';
import { referencePages } from './reference.js';

/** The event schemas of the last release, from the root of the repository. */
export const releasedEvents = 'libs/contracts/released/events.json';

/**
 * Writes everything that `npm run reference` makes from code under `root`; as a release, also what the next changes are compared with.
 * Throws a `Failure` that names event, field and harm, and writes nothing, when an event of the last release is broken.
 */
export async function writeReference(root: string, { release }: { readonly release: boolean }, schemas = eventSchemas()): Promise<void> {
  mustNotBreak(join(root, releasedEvents), schemas as EventSchemas);
  for (const [name, text] of Object.entries(referencePages())) await write(join(root, 'docs/reference', name), text);
  await write(join(root, 'libs/contracts/src/participants.ts'), participantsModule());
  if (release) await write(join(root, releasedEvents), `${JSON.stringify(schemas, null, 1)}\n`);
}

function mustNotBreak(file: string, schemas: EventSchemas): void {
  const broken = breaksOfRelease(JSON.parse(readFileSync(file, 'utf8')) as EventSchemas, schemas);
  if (broken.length === 0) return;
  throw new Failure(
    `This breaks what the last release publishes or reads:\n${broken.map((each) => `  ${each}\n`).join('')}Leave the event as it was and publish a new version of it beside it (docs/how-to/add-an-event.md). Nothing was written.`,
  );
}

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}
