import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Failure } from '../failure.js';

const exec = promisify(execFile);
const oldestJava = 17;

/** Whether a program of Java's can be fetched and run here; `missing` says what is not there and what to do. */
export type JavaFound = { readonly java: string; readonly maven: string } | { readonly missing: string };

/** Looks for Java ≥ 17 and Maven, in JAVA_HOME first, then on the PATH. */
export async function findJava(javaHome = process.env['JAVA_HOME']): Promise<JavaFound> {
  const java = javaHome ? join(javaHome, 'bin', 'java') : 'java';
  const version = await javaVersion(java);
  if (version === undefined)
    return missing('Java was not found', 'install a JDK or JRE ≥ 17 (Debian: apt-get install openjdk-17-jre-headless) or set JAVA_HOME');
  if (version < oldestJava) return missing(`Java ${version} is too old`, `Java ≥ ${oldestJava} is needed; set JAVA_HOME to a newer one`);
  if (!(await answers('mvn')))
    return missing('Maven was not found', 'install it (Debian: apt-get install maven); it fetches the jars once');
  return { java, maven: 'mvn' };
}

/** What runs Java's programs small and soon: they do not live long enough for more. */
export const smallJvm = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];

/** The same, or a `Failure` that says what is missing for `program`. */
export async function requireJava(program: string): Promise<Exclude<JavaFound, { missing: string }>> {
  const found = await findJava();
  if ('missing' in found) throw new Failure(`${program} cannot run: ${found.missing}`);
  return found;
}

const missing = (what: string, remedy: string): JavaFound => ({ missing: `${what}. To mend it: ${remedy}.` });

/** The feature release: 17 of `openjdk version "17.0.15"`, 8 of `"1.8.0_402"`. */
async function javaVersion(java: string): Promise<number | undefined> {
  try {
    const { stderr, stdout } = await exec(java, ['-version']);
    const found = /version "(?:1\.)?(\d+)/.exec(stderr + stdout)?.[1];
    return found === undefined ? undefined : Number(found);
  } catch (error) {
    return notFound(error);
  }
}

async function answers(command: string): Promise<boolean> {
  try {
    await exec(command, ['-v']);
    return true;
  } catch (error) {
    return notFound(error) ?? false;
  }
}

/** A command that is absent or does not work is one answer; anything else is a fault of ours. */
function notFound(error: unknown): undefined {
  if (error instanceof Error) return undefined;
  throw error;
}
