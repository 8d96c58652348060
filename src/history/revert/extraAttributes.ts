import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Name } from '../names';

/** Runs a program and gives what it printed, '' when it failed. */
export type RunProgram = (program: string, args: readonly string[]) => Promise<string>;

const PROGRAM = '/usr/bin/getfattr';

/** So many places at once fit on a command line. */
const PLACES = 500;

const run: RunProgram = (program, args) =>
  new Promise(done => {
    const options = { env: { LC_ALL: 'C' }, timeout: 10_000, maxBuffer: 16 * 1024 * 1024 };
    execFile(program, [...args], options, (_error, output) => done(output));
  });

/**
 * Which files have access lists or extended attributes. Node cannot read these: where the usual
 * program for it is not installed, none are found, and a file that is replaced loses them.
 */
export async function withExtraAttributes(
  places: readonly Name[],
  runProgram: RunProgram | undefined = existsSync(PROGRAM) ? run : undefined,
): Promise<ReadonlySet<Name>> {
  const found = new Set<Name>();
  if (!runProgram) return found;
  for (let at = 0; at < places.length; at += PLACES) {
    const some = places.slice(at, at + PLACES).filter(place => !place.includes('\n'));
    const args = ['--absolute-names', '--no-dereference', '--match=-', '--', ...some];
    const output = await runProgram(PROGRAM, args);
    // '# file: /place' heads the attributes of each file that has any; odd bytes are in octal.
    for (const [, place = ''] of output.matchAll(/^# file: (.*)$/gm)) {
      found.add(
        place.replace(/\\(\d{3})/g, (_, digits: string) =>
          String.fromCharCode(parseInt(digits, 8)),
        ),
      );
    }
  }
  return found;
}
