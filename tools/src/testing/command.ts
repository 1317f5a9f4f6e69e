import { spawn } from 'node:child_process';
import { workspaceRoot } from '../workspace.js';

/** Runs a command in the repository with its output shown; answers whether it ended with 0. Rejects when it cannot be run at all. */
export function succeeds(command: string, args: readonly string[], env: Readonly<Record<string, string | undefined>>): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...args], { cwd: workspaceRoot, env: { ...env }, stdio: ['ignore', 'inherit', 'inherit'] });
    child.once('error', reject);
    child.once('close', (code) => resolve(code === 0));
  });
}
