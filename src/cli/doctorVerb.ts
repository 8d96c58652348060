import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { stateFolders } from '../files/stateHome';
import { makeVisible } from '../policy/visibleText';
import { allowList } from '../privacy/network/allowList';
import { checkNetwork } from '../privacy/network/checkNetwork';
import type { NetworkResult } from '../privacy/network/networkResult';
import { realNetwork } from '../privacy/network/tlsProbe';
import { checkPosture } from '../privacy/posture/checks';
import type { DoctorReport } from '../privacy/posture/doctorReport';
import type { Finding } from '../privacy/posture/finding';
import { installedExtensions, installedIdeVersion } from '../privacy/posture/installedKiro';
import type { PostureFacts } from '../privacy/posture/postureFacts';
import { layoutOf } from '../privacy/privacyPlaces';
import { agentStates } from './agentStates';
import { placesIn, type PrivacyVerbParts } from './privacyVerb';
import { USAGE_EXIT } from './exitCodes';

const USAGE = `Usage: checkrein doctor [--json] [--workspace DIR] [--home DIR]
                        [--network [--sso-region REGION] [--directory ID]]
Looks for what puts this machine or the folder at risk. With --network it also tries every address
of the vendor's allow-list, through HTTPS_PROXY where it is set; without it, nothing is sent.
Exit code: 0 nothing of weight, 1 findings of high or medium severity, 64 wrong usage.`;

/** `checkrein doctor`: the posture of a machine and a folder. */
export async function runDoctorVerb(
  args: readonly string[],
  parts: PrivacyVerbParts,
): Promise<number> {
  const options = readOptions(args);
  if (!options) {
    parts.printError(USAGE);
    return USAGE_EXIT;
  }
  const facts = factsOf(options, parts);
  const posture = checkPosture(facts);
  const network = options.network ? await tryNetwork(options, parts) : undefined;
  const report: DoctorReport = {
    findings: [...posture.findings],
    checks: [...posture.checks],
    agents: [...facts.agents],
    ...(network && { network: [...network] }),
  };
  if (options.json) parts.print(JSON.stringify(report, undefined, 2));
  else for (const fields of sayReport(report)) parts.print(fields.map(sayField).join('\t'));
  return report.findings.some(({ severity }) => WEIGHTY.has(severity)) ? 1 : 0;
}

const WEIGHTY: ReadonlySet<Finding['severity']> = new Set(['high', 'medium']);

interface DoctorOptions {
  readonly json: boolean;
  readonly network: boolean;
  readonly workspace: string;
  readonly home?: string | undefined;
  readonly ssoRegion?: string;
  readonly directory?: string;
}

/** A part of a host name; nothing else may become one. */
const NAME_PART = /^[a-z0-9][a-z0-9-]{0,62}$/i;

function readOptions(args: readonly string[]): DoctorOptions | undefined {
  try {
    const text = { type: 'string' } as const;
    const flag = { type: 'boolean' } as const;
    const { values } = parseArgs({
      args: [...args],
      options: {
        ...{ json: flag, network: flag, workspace: text, home: text },
        ...{ 'sso-region': text, directory: text },
      },
      strict: true,
    });
    const { 'sso-region': ssoRegion, directory } = values;
    const parts = [ssoRegion, directory].filter(part => part !== undefined);
    if (!parts.every(part => NAME_PART.test(part))) return undefined;
    return {
      json: values.json === true,
      network: values.network === true,
      workspace: resolve(values.workspace ?? '.'),
      home: values.home,
      ...(ssoRegion !== undefined && { ssoRegion }),
      ...(directory !== undefined && { directory }),
    };
  } catch {
    return undefined;
  }
}

function factsOf(options: DoctorOptions, parts: PrivacyVerbParts): PostureFacts {
  const home = options.home === undefined ? parts.home : resolve(options.home);
  const platform = options.home === undefined ? parts.platform : layoutOf(home, parts.platform);
  const roots = [options.workspace];
  const places = placesIn(options.home, roots, parts);
  const folders = stateFolders(parts.stateHome(home));
  return {
    ...{ platform, home, roots, places, env: parts.env },
    agents: agentStates(folders, { home, roots }, parts.platform),
    kiroIdeVersion: installedIdeVersion(platform, home),
    extensions: installedExtensions(places.kiroHome),
  };
}

function tryNetwork(
  signIn: DoctorOptions,
  { env }: PrivacyVerbParts,
): Promise<readonly NetworkResult[]> {
  const proxy = env['HTTPS_PROXY'] ?? env['https_proxy'];
  const noProxy = (env['NO_PROXY'] ?? env['no_proxy'] ?? '').split(',');
  return checkNetwork(allowList(signIn), { proxy, noProxy }, realNetwork());
}

function sayField(text: string): string {
  return makeVisible(text, false);
}

function* sayReport({
  findings,
  checks,
  agents,
  network,
}: DoctorReport): Iterable<readonly string[]> {
  for (const { severity, title, why, evidence, fix } of findings) {
    yield [severity, title];
    yield ['', why];
    for (const place of evidence) yield ['', `- ${place}`];
    if (fix) yield ['', `fix: ${fix.text}`];
  }
  for (const { title, state, unclear } of checks) {
    if (unclear !== undefined) yield ['unclear', `${title}: ${unclear}`];
    else if (state === 'fine') yield [state, title];
  }
  for (const { name, state, detail } of agents) {
    yield ['agent', name, state, ...(detail === undefined ? [] : [detail])];
  }
  for (const { row, outcome, host, addresses, tls, note } of network ?? []) {
    const facts = [host, addresses, tls, note].filter(fact => fact !== undefined && fact !== row);
    yield [outcome, row, facts.join(', ')];
  }
}
