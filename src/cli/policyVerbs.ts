import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { findAgent } from '../agents/knownAgents';
import type { Agent } from '../agents/agent';
import { followLinks } from '../broker/followLinks';
import { readCall } from '../broker/readMessage';
import { decide } from '../policy/decide';
import { deny, type Decision, type Effect } from '../policy/decision';
import { INITIAL_MODE, modeInEffect, type Mode } from '../policy/mode';
import type { PolicyView } from '../policy/policy';
import { makeVisible } from '../policy/visibleText';
import { effectivePolicy } from '../settings/effectivePolicy';
import type { EffectivePolicy, EffectiveValue } from '../settings/mergePolicy';
import { PolicyFiles } from '../settings/policyFiles';
import type { PolicyProblem } from '../settings/policyLayer';
import { policyPlaces } from '../settings/policyPlaces';
import { USAGE_EXIT } from './exitCodes';

/** What `policy` and `decide` work with. */
export interface PolicyVerbParts {
  readonly home: string;
  readonly platform: NodeJS.Platform;
  readonly stateHome: (home: string) => string;
  /** What stands for `.kiro` in a home folder, where it is moved. */
  readonly movedKiroHome: (home: string) => string | undefined;
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly print: (line: string) => void;
  readonly printError: (line: string) => void;
}

const EXIT: Readonly<Record<Effect, number>> = { allow: 0, ask: 1, deny: 2 };

const POLICY_USAGE = 'Usage: checkrein policy --workspace DIR [--home DIR] [--json]';

/**
 * `checkrein policy`: the values of every policy file with their places. What a repository loosens
 * shows as waiting: approvals are kept by the editor, where no program can add one.
 */
export function runPolicyVerb(args: readonly string[], parts: PolicyVerbParts): number {
  const options = readOptions(args, {
    workspace: { type: 'string' },
    home: { type: 'string' },
    json: { type: 'boolean' },
  });
  if (typeof options?.['workspace'] !== 'string') {
    parts.printError(POLICY_USAGE);
    return USAGE_EXIT;
  }
  const place = placeOf(options, parts);
  const { values, problems, policy, limits, autonomy, waiting } = loadPolicy(place, parts.platform);
  if (options['json'] === true) {
    parts.print(
      JSON.stringify(
        { ...place, autonomy, limits, values, waiting, problems, policy },
        undefined,
        2,
      ),
    );
  } else {
    for (const value of values) parts.print(sayValue(value));
    if (values.length === 0)
      parts.print('No policy file says anything: the built-in policy counts.');
    for (const problem of problems) parts.printError(sayPlain(problem));
  }
  return problems.some(({ severity }) => severity === 'error') ? 1 : 0;
}

const DECIDE_USAGE = `Usage: checkrein decide --workspace DIR [--home DIR] [--mode autopilot|supervised|interrupted]
                        --agent AGENT < PAYLOAD
Prints the decision as JSON. Exit code: 0 allow, 1 ask, 2 deny, 64 wrong usage.`;

/** `checkrein decide`: what would happen with one payload of an agent. */
export async function runDecideVerb(
  args: readonly string[],
  parts: PolicyVerbParts,
): Promise<number> {
  const options = readOptions(args, {
    workspace: { type: 'string' },
    home: { type: 'string' },
    mode: { type: 'string' },
    agent: { type: 'string' },
  });
  const agent = findAgent(String(options?.['agent']));
  const mode = (['autopilot', 'supervised', 'interrupted'] as const).find(
    name => name === (options?.['mode'] ?? 'autopilot'),
  );
  if (typeof options?.['workspace'] !== 'string' || !agent || !mode) {
    parts.printError(DECIDE_USAGE);
    return USAGE_EXIT;
  }
  const view = viewOf(
    placeOf(options, parts),
    options['mode'] === undefined ? undefined : mode,
    parts,
  );
  const decision = await decidePayload(agent, await readAll(parts.stdin), view);
  parts.print(JSON.stringify(decision));
  return EXIT[decision.effect];
}

/** An agent's payload is no larger than this; see the hook client. */
const MAX_PAYLOAD_BYTES = 16 * 1024 * 1024;

async function readAll(stdin: AsyncIterable<Uint8Array>): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stdin) {
    size += chunk.length;
    if (size > MAX_PAYLOAD_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function decidePayload(
  agent: Agent,
  payload: Uint8Array | undefined,
  { policy, state }: PolicyView,
): Promise<Decision> {
  if (!payload) return deny('unreadable', 'The call cannot be read: the payload is too large.');
  const read = readCall(agent, payload);
  if (!read.ok) return deny('unreadable', `The call cannot be read: ${read.reason}.`);
  try {
    return decide(await followLinks(read.call, state.paths), policy, state);
  } catch (error) {
    return deny('unreadable', `Where the call leads cannot be told: ${String(error)}.`);
  }
}

interface Place {
  readonly workspace: string;
  readonly home: string;
}

type Options = ReturnType<typeof parseArgs>['values'];

function readOptions(
  args: readonly string[],
  options: ParseArgsConfig['options'],
): Options | undefined {
  try {
    return parseArgs({ args: [...args], options: options ?? {}, strict: true }).values;
  } catch {
    return undefined;
  }
}

function placeOf({ workspace, home }: Options, parts: PolicyVerbParts): Place {
  return {
    workspace: resolve(String(workspace)),
    home: typeof home === 'string' ? resolve(home) : parts.home,
  };
}

/**
 * The policy of a folder without an editor: files alone, and no approval. Without a folder, what
 * counts everywhere.
 */
export function loadPolicy(
  { workspace, home }: { readonly workspace: string | undefined; readonly home: string },
  platform: NodeJS.Platform,
): EffectivePolicy {
  const roots = workspace === undefined ? [] : [workspace];
  const places = policyPlaces({ platform, home, roots });
  const files = new PolicyFiles().read(places);
  return effectivePolicy({ files, editor: [], consents: new Set() });
}

function viewOf(place: Place, asked: Mode | undefined, parts: PolicyVerbParts): PolicyView {
  const { policy, autonomy, limits } = loadPolicy(place, parts.platform);
  const wanted = asked ?? autonomy?.mode ?? 'autopilot';
  const mode = limits.supervisedOnly && wanted === 'autopilot' ? 'supervised' : wanted;
  const roots = [...new Set([place.workspace, realPath(place.workspace)])];
  const state = { ...INITIAL_MODE, mode, restricted: false };
  return {
    policy,
    state: {
      mode: modeInEffect(state, 0),
      paths: {
        ...{ roots, home: place.home },
        stateHome: parts.stateHome(place.home),
        movedKiroHome: parts.movedKiroHome(place.home),
      },
    },
  };
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

const STATUS: Readonly<Record<EffectiveValue['status'], string>> = {
  inEffect: '',
  needsConsent: ' (no effect until a person approves it in the editor)',
  locked: ' (no effect: locked by the organisation)',
};

function sayValue({ key, text, file, line, status }: EffectiveValue): string {
  const place = line === undefined ? file : `${file}:${line}`;
  return `${key}\t${makeVisible(text, false)}\t${place}${STATUS[status]}`;
}

function sayPlain({ file, line, column, message, severity }: PolicyProblem): string {
  const place = [file, line, column].filter(part => part !== undefined).join(':');
  return `${severity}: ${place}: ${makeVisible(message, false)}`;
}
