import { describe, expect, it } from 'vitest';
import type { FileState } from '../fileState';
import { arrange, inOrder } from './arrange';
import { decideStep, type PathPlan, planPath, type PlanTools } from './plan';

const file = (content: string, mode = 0o644): FileState => ({
  kind: 'file',
  hash: content,
  size: content.length,
  mode,
});
const absent: FileState = { kind: 'absent' };
const link: FileState = { kind: 'link', target: 'x' };
const special: FileState = { kind: 'special' };
const folder: FileState = { kind: 'folder' };
const tooLarge = (print: string): FileState => ({ kind: 'unkept', reason: 'too-large', print });
const noRoom = (print: string): FileState => ({ kind: 'unkept', reason: 'no-room', print });
const unreadable: FileState = { kind: 'unkept', reason: 'unreadable', print: '' };

/** Contents are their own hashes here. */
const tools: PlanTools = { bytesOf: hash => Buffer.from(hash), keep: bytes => bytes.toString() };

describe('the table of taking one change back', () => {
  const kept = (reason: string) => ({ do: 'give-up', outcome: { result: 'kept', reason } });
  const skipped = (reason: string) => ({ do: 'give-up', outcome: { result: 'skipped', reason } });

  it.each<[string, FileState, FileState, FileState, unknown]>([
    ['N = A, changed', file('b'), file('a'), file('a'), { do: 'restore' }],
    ['N = A, created', absent, file('a'), file('a'), { do: 'restore' }],
    ['N = A, deleted', file('b'), absent, absent, { do: 'restore' }],
    ['N = A, link to file', link, file('a'), file('a'), { do: 'restore' }],
    ['N = B', file('b'), file('a'), file('b'), { do: 'nothing' }],
    ['N = B, both absent', absent, file('a'), absent, { do: 'nothing' }],
    ['N = B, special', special, file('a'), special, { do: 'nothing' }],
    ['A absent, N there', file('b'), absent, file('n'), kept('exists-again')],
    ['B absent, N changed', absent, file('a'), file('n'), kept('changed-since')],
    ['N absent, A and B there', file('b'), file('a'), absent, kept('deleted-since')],
    ['three files', file('b'), file('a'), file('n'), { do: 'merge' }],
    ['N has another kind', file('b'), file('a'), link, kept('other-kind')],
    ['A has another kind', file('b'), link, file('n'), kept('other-kind')],
    ['special stands there', file('b'), special, special, skipped('special')],
    ['special was there', special, file('a'), file('a'), skipped('special')],
    ['B is not held', tooLarge('1'), file('a'), file('a'), skipped('too-large')],
    ['N cannot be read', file('b'), file('a'), unreadable, skipped('unreadable')],
    ['N = A, too large, created', absent, tooLarge('1'), tooLarge('1'), kept('no-copy')],
    ['N = A, too large, changed', file('b'), tooLarge('1'), tooLarge('1'), { do: 'restore' }],
    ['N = A, for which there was no room', file('b'), noRoom('a'), file('a'), { do: 'restore' }],
    ['no room for A, N changed', file('b'), noRoom('a'), file('n'), kept('changed-since')],
    ['A too large, N changed', file('b'), tooLarge('1'), tooLarge('2'), kept('changed-since')],
  ])('%s', (_, before, after, now, decision) => {
    expect(decideStep(before, after, now)).toEqual(decision);
  });
});

describe('a path with several changes', () => {
  const step = (id: string, before: FileState, after: FileState) => ({ ids: [id], before, after });

  it('that follow on each other is taken back in one', () => {
    const steps = [step('2', file('b'), file('c')), step('1', file('a'), file('b'))];
    const plan = planPath('f', { state: file('c') }, steps, tools);
    expect([plan.target, plan.outcome, plan.done]).toEqual([
      file('a'),
      { result: 'reverted' },
      ['2', '1'],
    ]);
  });

  it('is taken back as far as it goes when not all of it can be', () => {
    const texts = ['1\n2\n3\n4\n5\n', '1\nA\n3\n4\n5\n', '1\nA\n3\n4\nA\n', '1\nM\n3\n4\nA\n'];
    const [first = '', second = '', third = '', now = ''] = texts;
    const steps = [step('2', file(second), file(third)), step('1', file(first), file(second))];
    const plan = planPath('f', { state: file(now) }, steps, tools);
    expect(plan.target).toEqual(file('1\nM\n3\n4\n5\n'));
    expect([plan.outcome, plan.done]).toEqual([{ result: 'kept', reason: 'overlap' }, ['2']]);
  });

  it('keeps a mode the person set later, and takes back one the agent set', () => {
    const modes = (before: number, after: number, now: number): number | undefined => {
      const steps = [step('1', file('a', before), file('b', after))];
      const { target } = planPath('f', { state: file('b', now) }, steps, tools);
      return target.kind === 'file' ? target.mode : undefined;
    };
    expect(modes(0o644, 0o644, 0o600)).toBe(0o600);
    expect(modes(0o644, 0o755, 0o755)).toBe(0o644);
    expect(modes(0o644, 0o755, 0o700)).toBe(0o700);
  });

  it('takes the bits a commit does not know from what is there', () => {
    const committed: FileState = { kind: 'file', hash: 'a', size: 1, mode: 0o755, gitMode: true };
    const steps = [step('1', committed, file('b', 0o640))];
    const { target } = planPath('f', { state: file('b', 0o640) }, steps, tools);
    expect(target).toEqual(file('a', 0o750));
  });

  it('is refused where its content was lost', () => {
    const lost: PlanTools = { ...tools, bytesOf: () => undefined };
    const plan = planPath('f', { state: file('b') }, [step('1', file('a'), file('b'))], lost);
    expect([plan.outcome, plan.target]).toEqual([{ result: 'skipped', reason: 'lost' }, file('b')]);
  });
});

describe('paths that depend on each other', () => {
  const plan = (path: string, now: FileState, target: FileState): PathPlan => ({
    path,
    now,
    target,
    outcome: { result: 'reverted' },
    done: [path],
  });

  it('agree: a file comes back in the place of a folder only when all of it goes', () => {
    const plans = [plan('f', folder, file('b')), plan('f/x', file('a'), absent)];
    const facts = (inside: string[]) => ({ filesIn: () => inside, isFile: () => false });
    const free = arrange(plans, facts(['f/x']));
    expect(free.map(({ outcome }) => outcome.result)).toEqual(['reverted', 'reverted']);
    const blocked = arrange(plans, facts(['f/x', 'f/mine']));
    expect(blocked.map(({ outcome, target, now }) => [outcome.result, target === now])).toEqual([
      ['kept', true],
      ['kept', true],
    ]);
  });

  it('are removed from the deepest on, then written from the top', () => {
    const plans = [
      plan('d/e/x', absent, file('b')),
      plan('a', file('a'), absent),
      plan('d', folder, file('b')),
      plan('a/b/c', file('a'), absent),
    ];
    expect(inOrder(plans).map(({ path }) => path)).toEqual(['a/b/c', 'a', 'd', 'd/e/x']);
  });
});
