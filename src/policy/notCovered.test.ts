import { describe, expect, it } from 'vitest';
import { allow, deny } from './decision';
import { unlessLost } from './notCovered';

const passes = allow('trustedCommand', 'The line is trusted.');
const lost = ['"big.bin" is too large to be kept.'];

describe('a call that would pass', () => {
  it('asks when something would be lost for good, each time anew', () => {
    const decision = unlessLost(passes, lost, false);
    expect(decision).toMatchObject({ effect: 'ask', code: 'notCovered', scopes: ['once'] });
    expect(decision.reason).toContain('"big.bin" is too large to be kept.');
  });

  it('names a few of many losses and counts the rest', () => {
    const many = Array.from({ length: 10 }, (_, index) => `"${index}" is lost.`);
    const { reason } = unlessLost(passes, many, false);
    expect(reason).toContain('"2" is lost. And 7 more.');
    expect(reason).not.toContain('"3"');
  });

  it('passes when nothing would be lost, or while trust-all is on', () => {
    expect(unlessLost(passes, [], false)).toBe(passes);
    expect(unlessLost(passes, lost, true)).toBe(passes);
  });

  it('leaves a denial a denial', () => {
    const denied = deny('deniedCommand', 'No.');
    expect(unlessLost(denied, lost, false)).toBe(denied);
  });
});
