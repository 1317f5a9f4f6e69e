import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { workspaceRoot } from './workspace.js';

/** Where buf is, from node_modules. */
export const buf = '@bufbuild/buf/bin/buf';

/** The protobuf files of the last release, compiled, from the root of the repository. Moved forward by `npm run reference -- --release` alone. */
export const releasedProto = 'libs/contracts/released/proto.binpb';

/** What buf is asked for breaks of the last release: whatever a replica of it may call or answer goes on working (rules: buf.yaml). */
export const breakingArgs = (image = releasedProto): readonly string[] => ['breaking', '--against', image];

/** Runs buf in `folder`, which holds a buf.yaml. */
export function runBuf(args: readonly string[], folder = workspaceRoot): { readonly status: number | null; readonly said: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(workspaceRoot, 'node_modules', buf), ...args], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { status, said: stdout + stderr };
}
