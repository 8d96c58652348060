import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DATA_FACTS, type FactTopic } from '../../../src/privacy/dataFacts';
import { checkPosture } from '../../../src/privacy/posture/checks';
import type { Finding } from '../../../src/privacy/posture/finding';
import type { PostureFacts } from '../../../src/privacy/posture/postureFacts';
import { privacyPlaces, type PrivacyPlaces } from '../../../src/privacy/privacyPlaces';
import { readSwitch } from '../../../src/privacy/switches/readSwitch';
import { switchRow, type SwitchId } from '../../../src/privacy/switches/switchTable';
import { setSwitch } from '../../../src/privacy/switches/writeSwitch';

/** A machine as the vendor's documents assume one: a home folder and a project in it. */
export class DocumentMachine {
  readonly scratch = realpathSync(mkdtempSync(join(tmpdir(), 'checkrein-seeds-')));
  readonly home = join(this.scratch, 'home');
  readonly root = join(this.home, 'project');

  constructor(private readonly platform: 'linux' | 'win32' = 'linux') {
    mkdirSync(this.root, { recursive: true });
  }

  dispose(): void {
    rmSync(this.scratch, { recursive: true, force: true });
  }

  put(path: string, text: string): string {
    const file = join(this.home, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { mode: 0o600 });
    return file;
  }

  get places(): PrivacyPlaces {
    const { platform, home, root } = this;
    return privacyPlaces({ platform, home, roots: [root], managedFolder: join(home, 'none') });
  }

  /** Switches off what may leave the machine, as a person does, and says what became of it. */
  async switchOff(id: SwitchId): Promise<{ readonly before: string; readonly after: string }> {
    const state = (): string => readSwitch(switchRow(id), this.places, {}).state;
    const before = state();
    const backups = join(this.scratch, 'backups');
    await setSwitch(id, false, { places: this.places, record: {}, backups, now: () => new Date(0) });
    return { before, after: state() };
  }

  /** What a posture check finds. */
  found(check: string, more: Partial<PostureFacts> = {}): readonly Finding[] {
    const { home, root, places } = this;
    const facts: PostureFacts = {
      ...{ platform: 'linux', home, roots: [root], places, env: {}, agents: [], extensions: [] },
      ...{ trust: 'trusted', remoteName: '', kiroIdeVersion: '1.4.154', kiroCliVersion: '3.2.0' },
      ...more,
    };
    return checkPosture(facts).findings.filter(finding => finding.check === check);
  }
}

/** What the product shows about data: the statements on a topic, with whom they are about. */
export function factsOn(topic: FactTopic, about: string): string {
  return DATA_FACTS.filter(fact => fact.topic === topic && fact.about.includes(about))
    .map(({ fact }) => fact)
    .join('; ');
}
