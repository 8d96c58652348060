import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DATA_FACTS, type FactTopic } from '../../../src/privacy/dataFacts';
import { checkPosture } from '../../../src/privacy/posture/checks';
import type { Finding } from '../../../src/privacy/posture/finding';
import type { PostureFacts } from '../../../src/privacy/posture/postureFacts';
import { privacyPlaces } from '../../../src/privacy/privacyPlaces';
import type { SwitchId } from '../../../src/privacy/switches/switchTable';
import { setSwitch } from '../../../src/privacy/switches/writeSwitch';

/** Everything that the table of facts says to a question, of one plan or product or of all. */
export function factsAbout(topic: FactTopic, about?: string): string {
  return DATA_FACTS.filter(fact => fact.topic === topic && (about ?? fact.about) === fact.about)
    .map(({ about: of, fact }) => `${of}: ${fact}`)
    .join('\n');
}

/** What the posture checks find in a home folder and a workspace with these files. */
export function postureOf(
  files: Readonly<Record<`home/${string}` | `ws/${string}`, string>>,
  more: Partial<PostureFacts> = {},
): readonly Finding[] {
  return inScratch(scratch => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(scratch, path)), { recursive: true });
      writeFileSync(join(scratch, path), text, { mode: 0o600 });
    }
    const home = join(scratch, 'home');
    const roots = [join(scratch, 'ws')];
    const places = privacyPlaces({ platform: 'linux', home, roots });
    return checkPosture({
      ...{ platform: 'linux', home, roots, places, env: {}, agents: [], extensions: [] },
      ...more,
    }).findings;
  });
}

/** Switches things off in an empty home folder; what each file says then, by its path below home. */
export async function switchedOff(
  ids: readonly SwitchId[],
): Promise<Readonly<Record<string, unknown>>> {
  const scratch = mkdtempSync(join(tmpdir(), 'checkrein-document-'));
  try {
    const home = join(scratch, 'home');
    const files: Record<string, unknown> = {};
    for (const id of ids) {
      const { reading, problem } = await setSwitch(id, false, {
        places: privacyPlaces({ platform: 'linux', home, roots: [], managedFolder: scratch }),
        record: {},
        backups: join(scratch, 'backups'),
        now: () => new Date(0),
      });
      if (problem !== undefined || reading.state !== 'off') throw new Error(problem ?? reading.state);
      const file = reading.file?.path ?? '';
      files[file.slice(home.length + 1)] = JSON.parse(readFileSync(file, 'utf8')) as unknown;
    }
    return files;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function inScratch<T>(work: (scratch: string) => T): T {
  const scratch = mkdtempSync(join(tmpdir(), 'checkrein-document-'));
  try {
    mkdirSync(join(scratch, 'home'));
    mkdirSync(join(scratch, 'ws'));
    return work(scratch);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
