import 'reflect-metadata';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { openApiFile, openApiText } from './openapi-document.js';

await mkdir(dirname(openApiFile), { recursive: true });
await writeFile(openApiFile, openApiText());
process.stdout.write(`wrote ${openApiFile}\n`);
