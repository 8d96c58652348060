import { describe, expect, it } from 'vitest';
import { switchRow } from '../../../src/privacy/switches/switchTable';
import { factsAbout } from './documentPrivacy';

const AGENT = 'Autonomous agent (preview)';

// Of the modes, trusted commands, tools and settings this document states nothing.
describe('Data protection - Autonomous Agent', () => {
  it('"Data storage", "Cross-region processing", "Data encryption"', () => {
    expect(factsAbout('storage', AGENT)).toContain('US East (N. Virginia)');
    for (const region of ['us-east-1', 'us-west-2', 'us-east-2']) {
      expect(factsAbout('crossRegion', AGENT)).toContain(region);
    }
    expect(factsAbout('inTransit', AGENT)).toContain('TLS 1.2 or higher');
    expect(factsAbout('atRest', AGENT)).toContain('keys that AWS owns (AWS KMS)');
  });

  it('"Kiro autonomous agent content used for service improvement"', () => {
    const { sends } = switchRow('autonomousAgent.content');
    for (const content of ['Task descriptions', 'chat messages', 'other inputs', 'responses']) {
      expect(sends).toContain(content);
    }
    expect(sends).toContain('debugging, model training');
    expect(factsAbout('improvement', AGENT)).toContain('By default');
  });

  it('"Opting out of sharing content in Kiro autonomous agent"', () => {
    const { place, note, names } = switchRow('autonomousAgent.content');
    expect([place, names]).toEqual(['web', []]);
    expect(note).toContain('app.kiro.dev/agent/settings, Data collection');
  });
});
