import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { allow, deny } from '../policy/decision';
import { AllowedCalls } from './allowedCalls';
import { Journal } from './journal';

const TIME = Date.UTC(2026, 10, 21, 12);
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'checkrein-allowed-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('knows what the gate told it, and earlier calls from the journal', () => {
  const journal = new Journal(folder, () => new Date(TIME));
  const rule = {
    effect: 'allow',
    pattern: 'npm *',
    source: { file: '/home/u/.kiro/settings.json' },
  };
  journal.append({ event: 'call', callId: 'c1', effect: 'allow', code: 'trustedCommand', rule });
  journal.append({ event: 'call', callId: 'c2', effect: 'ask', code: 'untrustedCommand' });
  journal.append({ event: 'decision', callId: 'c2', effect: 'allow', code: 'approvedOnce' });
  journal.append({ event: 'call', callId: 'c3', effect: 'deny', code: 'deniedCommand' });
  const calls = new AllowedCalls(folder);
  expect(calls.of('c1', TIME)).toEqual({
    code: 'trustedCommand',
    byPerson: false,
    rule: { pattern: 'npm *', file: '/home/u/.kiro/settings.json' },
  });
  expect(calls.of('c2', TIME)).toEqual({ code: 'approvedOnce', byPerson: true });
  expect(calls.of('c3', TIME)).toBeUndefined();
  calls.saw('c4', allow('insideWorkspace', 'Fine.'));
  calls.saw('c5', deny('deniedCommand', 'No.'));
  expect(calls.of('c4', TIME)).toEqual({ code: 'insideWorkspace', byPerson: false });
  expect(calls.of('c5', TIME)).toBeUndefined();
});

it('says nothing of a day without a journal', () => {
  expect(new AllowedCalls(join(folder, 'gone')).of('c1', TIME)).toBeUndefined();
});
