import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { referencePages } from './reference.js';
import { workspaceRoot } from './workspace.js';

describe('the reference', () => {
  it.each(Object.entries(referencePages()))('docs/reference/%s is what the code says (npm run reference writes it)', (name, text) => {
    expect(readFileSync(join(workspaceRoot, 'docs/reference', name), 'utf8')).toBe(text);
  });
});
