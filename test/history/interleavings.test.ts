import { existsSync, readFileSync, rmSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Workspace } from './workspace';

const FILES = ['one.txt', 'two.txt', 'sub/three.txt'];
const BLOCKS = 8;
const BLOCK_LINES = 5;

/** Something that happens in a workspace; numbers choose where. */
type Step =
  | { readonly do: 'tool' | 'shell' | 'turn' | 'person'; readonly at: number; readonly how: number }
  | { readonly do: 'agent-file' | 'person-file' | 'agent-removes'; readonly at: number }
  | { readonly do: 'undo' | 'undo-all' | 'redo' | 'commit' | 'branch' | 'switch' };

const where = fc.nat(FILES.length * BLOCKS - 1);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom('tool' as const, 'shell' as const, 'turn' as const),
      at: where,
      how: fc.nat(3),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('person' as const), at: where, how: fc.nat(3) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('agent-file' as const, 'person-file' as const, 'agent-removes' as const),
      at: fc.nat(2),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'undo' as const,
        'undo-all' as const,
        'redo' as const,
        'commit' as const,
        'branch' as const,
        'switch' as const,
      ),
    }),
  },
);

/** What the workspace would be had there never been an agent. */
interface Ideal {
  readonly files: Map<string, string[]>;
  /** Blocks that agent and person both touched: there only the person's lines are looked for. */
  readonly shared: Set<string>;
  readonly agents: Set<string>;
  readonly persons: Set<string>;
}

class Story {
  readonly box = new Workspace();
  ideal: Ideal = { files: new Map(), shared: new Set(), agents: new Set(), persons: new Set() };
  readonly #branches = new Map<string, { ideal: Ideal; restores: number }>();
  #branch = 'main';
  #count = 0;
  #restores = 0;

  constructor(private readonly git: boolean) {
    for (const path of FILES) {
      const lines = Array.from({ length: BLOCKS * BLOCK_LINES }, (_, index) => `${path} ${index}`);
      this.ideal.files.set(path, lines);
      this.#write(path, lines);
    }
    if (git) this.box.commit();
  }

  async run(next: Step): Promise<void> {
    switch (next.do) {
      case 'tool':
      case 'shell':
      case 'turn':
        return this.#agent(next.do, next.at, next.how);
      case 'person':
        this.#edit(next.at, next.how, 'PERSON');
        return;
      case 'agent-file': {
        const path = `agent${next.at}.txt`;
        if (this.box.has(path)) return;
        await this.box.agent(() => {
          this.box.write(path, `agent file ${(this.#count += 1)}\n`);
        });
        return;
      }
      case 'person-file': {
        const path = `person${next.at}.txt`;
        const lines = [`PERSON file ${(this.#count += 1)}`];
        this.ideal.files.set(path, lines);
        this.#write(path, lines);
        return;
      }
      case 'agent-removes': {
        const path = FILES[next.at] ?? '';
        if (!this.box.has(path)) return;
        await this.box.agent(() => {
          rmSync(this.box.place(path));
        });
        // Whatever the person does to a file that is gone meets what the agent did to all of it.
        for (let block = 0; block < BLOCKS; block += 1) this.#touch('agents', `${path}/${block}`);
        return;
      }
      default:
        return this.#other(next.do);
    }
  }

  async #other(what: 'undo' | 'undo-all' | 'redo' | 'commit' | 'branch' | 'switch'): Promise<void> {
    const { restore } = await this.box.open();
    switch (what) {
      case 'undo':
      case 'undo-all': {
        const before = this.#personsLines();
        await restore.undo({ turn: what === 'undo' ? 'last' : 'all' });
        this.#restores += 1;
        expect(this.#personsLines()).toEqual(expect.arrayContaining(before));
        return;
      }
      case 'redo':
        await restore.redo();
        this.#restores += 1;
        return;
      case 'commit':
        if (this.git) this.box.sh('git add -A; git commit -qm c --allow-empty');
        return;
      case 'branch':
        if (!this.git) return;
        this.box.sh('git add -A; git commit -qm c --allow-empty');
        this.#branches.set(this.#branch, { ideal: copyOf(this.ideal), restores: this.#restores });
        this.#branch = `b${(this.#count += 1)}`;
        this.box.sh(`git checkout -qb ${this.#branch}`);
        return;
      case 'switch':
        this.#switch();
    }
  }

  /** The person goes back to a branch: there the files are as they were left. */
  #switch(): void {
    const [name, left] = [...this.#branches].find(([branch]) => branch !== this.#branch) ?? [];
    if (!this.git || name === undefined || !left) return;
    this.box.sh('git add -A; git commit -qm c --allow-empty');
    this.#branches.set(this.#branch, { ideal: copyOf(this.ideal), restores: this.#restores });
    this.box.sh(`git checkout -q ${name}`);
    this.#branch = name;
    const { ideal, restores } = left;
    this.ideal = copyOf(ideal);
    // What was undone or made again meanwhile is not so on this branch: only lines are looked for.
    if (restores !== this.#restores) {
      for (const path of FILES) {
        for (let block = 0; block < BLOCKS; block += 1) this.ideal.shared.add(`${path}/${block}`);
      }
    }
  }

  async #agent(how: 'tool' | 'shell' | 'turn', at: number, kind: number): Promise<void> {
    if (how === 'turn') {
      await this.box.agent(() => {
        this.#edit(at, kind, 'AGENT');
      });
      return;
    }
    const turn = await this.box.prompt();
    if (how === 'shell') {
      await this.box.shell(turn, () => {
        this.#edit(at, kind, 'AGENT');
      });
    } else {
      const { path, lines } = this.#edited(at, kind, 'AGENT');
      if (this.box.has(path)) await this.box.tool(turn, path, textOf(lines));
    }
    await this.box.endOf(turn);
  }

  #edit(at: number, how: number, by: 'AGENT' | 'PERSON'): void {
    const { path, lines } = this.#edited(at, how, by);
    if (this.box.has(path)) this.#write(path, lines);
  }

  /** One block of a file changed inside, never at its border: blocks do not touch each other. */
  #edited(at: number, how: number, by: 'AGENT' | 'PERSON'): { path: string; lines: string[] } {
    const path = FILES[Math.floor(at / BLOCKS)] ?? '';
    const block = at % BLOCKS;
    const line = `${path} ${block * BLOCK_LINES + 2}`;
    const mark = `${by} ${(this.#count += 1)} in ${line}`;
    const change = (lines: readonly string[]): string[] =>
      lines.flatMap(each => {
        if (each !== line) return [each];
        return how === 0 ? [mark, each] : how === 1 ? [each, mark] : [`${mark} for ${each}`];
      });
    if (!this.box.has(path)) return { path, lines: [] };
    const lines = this.#read(path);
    if (!lines.includes(line)) return { path, lines };
    this.#touch(by === 'AGENT' ? 'agents' : 'persons', `${path}/${block}`);
    if (by === 'PERSON') this.ideal.files.set(path, change(this.ideal.files.get(path) ?? []));
    return { path, lines: change(lines) };
  }

  #touch(who: 'agents' | 'persons', block: string): void {
    this.ideal[who].add(block);
    if (this.ideal.agents.has(block) && this.ideal.persons.has(block)) this.ideal.shared.add(block);
  }

  /** After the undo of everything: exactly the person's edits, and none of their lines missing. */
  check(): void {
    for (const [path, lines] of this.ideal.files) {
      const isShared = [...this.ideal.shared].some(block => block.startsWith(`${path}/`));
      if (!isShared) expect([path, this.#readOrNothing(path)]).toEqual([path, lines]);
    }
    const shared = this.ideal.shared.size > 0;
    for (let index = 0; index < 3 && !shared; index += 1) {
      expect(this.box.has(`agent${index}.txt`)).toBe(false);
    }
  }

  /** Every line the person wrote that stands anywhere. */
  #personsLines(): string[] {
    return [...this.ideal.files.keys(), 'agent0.txt', 'agent1.txt', 'agent2.txt']
      .flatMap(path => this.#readOrNothing(path) ?? [])
      .filter(line => line.startsWith('PERSON'));
  }

  #readOrNothing(path: string): string[] | undefined {
    return existsSync(this.box.place(path)) ? this.#read(path) : undefined;
  }

  #read(path: string): string[] {
    return readFileSync(this.box.place(path), 'utf8').split('\n').slice(0, -1);
  }

  #write(path: string, lines: readonly string[]): void {
    this.box.write(path, textOf(lines));
  }
}

function textOf(lines: readonly string[]): string {
  return lines.map(line => `${line}\n`).join('');
}

function copyOf({ files, shared, agents, persons }: Ideal): Ideal {
  return {
    files: new Map(files),
    shared: new Set(shared),
    agents: new Set(agents),
    persons: new Set(persons),
  };
}

async function tell(steps: readonly Step[], git: boolean): Promise<void> {
  const story = new Story(git);
  try {
    for (const next of steps) await story.run(next);
    const before = story.box.everything();
    const { restore, history } = await story.box.open();
    const { id } = await restore.undo({ turn: 'all' });
    story.check();
    const changed = history.records.timeline.restores.get(id ?? '')?.changes.length ?? 0;
    if (changed === 0) return;
    // The undo is undone: not a byte differs.
    await restore.redo();
    expect(story.box.everything()).toEqual(before);
  } finally {
    story.box.dispose();
  }
}

describe('undoing every turn of the agent leaves exactly what the person did, whatever the order', () => {
  const stories = fc.array(step, { minLength: 3, maxLength: 14 });

  it('in a folder without git', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(stories, steps => tell(steps, false)),
      { numRuns: 40 },
    );
  });

  it('in a repository, with commits and switches of the branch', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(stories, steps => tell(steps, true)),
      { numRuns: 12 },
    );
  });
});
