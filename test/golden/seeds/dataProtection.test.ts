import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSwitch } from '../../../src/privacy/switches/readSwitch';
import { switchRow } from '../../../src/privacy/switches/switchTable';
import { DocumentMachine, factsOn } from './documentMachine';

const AGENT = 'Autonomous agent';

// Of the modes, trusted commands, tools and settings this document states nothing.
describe('Data protection - Autonomous Agent', () => {
  let machine: DocumentMachine;
  beforeEach(() => {
    machine = new DocumentMachine();
  });
  afterEach(() => machine.dispose());

  it('"Data storage", "Cross-region processing", "Data encryption" are shown', () => {
    expect(factsOn('storage', AGENT)).toContain('US East (N. Virginia)');
    for (const region of ['us-east-1', 'us-west-2', 'us-east-2']) {
      expect(factsOn('crossRegion', AGENT)).toContain(region);
    }
    expect(factsOn('inTransit', AGENT)).toContain('TLS 1.2 or higher');
    expect(factsOn('atRest', AGENT)).toContain('AWS owns');
  });

  it('"Kiro autonomous agent content used for service improvement" is shown', () => {
    expect(factsOn('improvement', AGENT)).toMatch(/By default.*fix and debug.*train models/);
    expect(factsOn('collected', AGENT)).toMatch(/Task descriptions, chat messages/);
  });

  it('"Opting out of sharing content in Kiro autonomous agent" is where the vendor has it, and never called off', () => {
    const row = switchRow('autonomousAgent.content');
    expect(row.place).toBe('web');
    expect(factsOn('optOut', AGENT)).toMatch(/app\.kiro\.dev\/agent\/settings, Data collection/);
    expect(readSwitch(row, machine.places, {}).state).toBe('unknown');
  });
});
