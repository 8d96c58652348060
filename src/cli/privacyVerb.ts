import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { makeVisible } from '../policy/visibleText';
import { layoutOf, privacyPlaces, type PrivacyPlaces } from '../privacy/privacyPlaces';
import { readPrivacyRecord } from '../privacy/privacyRecord';
import { privacyReport } from '../privacy/privacyReport';
import { readSwitches } from '../privacy/switches/readSwitch';
import { USAGE_EXIT } from './exitCodes';

/** What the verbs that look at Kiro's own files work with. */
export interface PrivacyVerbParts {
  readonly home: string;
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stateHome: (home: string) => string;
  readonly print: (line: string) => void;
  readonly printError: (line: string) => void;
}

const USAGE = 'Usage: checkrein privacy [--home DIR] [--json]';

/** `checkrein privacy`: every switch with its state. The exit code. */
export function runPrivacyVerb(args: readonly string[], parts: PrivacyVerbParts): number {
  const options = readOptions(args);
  if (!options) {
    parts.printError(USAGE);
    return USAGE_EXIT;
  }
  const home = options.home === undefined ? parts.home : resolve(options.home);
  const places = placesIn(options.home, [], parts);
  const report = privacyReport(readSwitches(places, readPrivacyRecord(parts.stateHome(home))));
  if (options.json) parts.print(JSON.stringify(report, undefined, 2));
  else {
    for (const { id, state, source, sends, where } of report.rows) {
      parts.print(`${id}\t${state}\t${makeVisible(source, false)}`);
      parts.print(`\tsends: ${sends}`);
      parts.print(`\tto: ${where}`);
    }
  }
  return 0;
}

/** The places in the home folder that was asked for; another one than ours keeps its own layout. */
export function placesIn(
  asked: string | undefined,
  roots: readonly string[],
  { home, platform, env }: PrivacyVerbParts,
): PrivacyPlaces {
  const kiroHome = env['KIRO_HOME'];
  if (asked !== undefined) {
    const other = resolve(asked);
    return privacyPlaces({ platform: layoutOf(other, platform), home: other, roots, kiroHome });
  }
  const folders: Partial<Record<NodeJS.Platform, string | undefined>> = {
    win32: env['APPDATA'],
    linux: env['XDG_CONFIG_HOME'],
  };
  const appData = folders[platform];
  return privacyPlaces({ platform, home, roots, kiroHome, appData });
}

function readOptions(
  args: readonly string[],
): { readonly home?: string | undefined; readonly json: boolean } | undefined {
  try {
    const options = { home: { type: 'string' }, json: { type: 'boolean' } } as const;
    const { values } = parseArgs({ args: [...args], options, strict: true });
    return { home: values.home, json: values.json === true };
  } catch {
    return undefined;
  }
}
