import { describe, it } from 'vitest';

// Of the modes, trusted commands, tools and settings this document states nothing.
describe('Data protection - Autonomous Agent', () => {
  it.todo('"Data storage", "Cross-region processing", "Data encryption" (needs the privacy view)');
  it.todo('"Kiro autonomous agent content used for service improvement" (needs the privacy view)');
  it.todo('"Opting out of sharing content in Kiro autonomous agent" (needs the privacy switches)');
});
