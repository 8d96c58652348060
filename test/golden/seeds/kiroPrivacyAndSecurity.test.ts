import { describe, expect, it } from 'vitest';
import { nextMode } from '../../../src/policy/mode';
import { CHANGES, OPENED, READ, command, decided, effect, settings } from './documentPolicy';

const SUPERVISED = nextMode(OPENED, { type: 'toggle' });
const trusting = (...trustedCommands: string[]) => [settings({ trustedCommands })];

describe('Kiro Privacy and Security', () => {
  describe('Autopilot vs Supervised Mode', () => {
    it('"Autopilot mode (default)"', () => {
      expect(OPENED.mode).toBe('autopilot');
    });

    it('"Kiro executes multiple steps autonomously"', () => {
      for (const name of ['create', 'modify', 'delete']) {
        expect(effect(CHANGES[name] ?? READ), name).toBe('allow');
      }
    });

    it('Autopilot "can be toggled on/off anytime"', () => {
      expect(SUPERVISED.mode).toBe('supervised');
      expect(nextMode(SUPERVISED, { type: 'toggle' }).mode).toBe('autopilot');
    });

    it('Autopilot "can be interrupted to regain manual control"', () => {
      const mode = nextMode(OPENED, { type: 'interrupt' });
      for (const call of [READ, ...Object.values(CHANGES)]) {
        expect(effect(call, { mode })).toBe('deny');
      }
      expect(nextMode(mode, { type: 'resume' })).toEqual(OPENED);
    });

    it('Supervised: "suggests actions but waits for confirmation"', () => {
      for (const [name, call] of Object.entries(CHANGES)) {
        expect(effect(call, { mode: SUPERVISED }), name).toBe('ask');
      }
    });

    it('Supervised: "User reviews and approves each change"', () => {
      for (const name of ['create', 'modify', 'delete']) {
        const { scopes } = decided(CHANGES[name] ?? READ, { mode: SUPERVISED });
        expect(scopes, name).not.toContain('always');
      }
    });

    it('Supervised: "Maintains full control over development process"', () => {
      const layers = [settings({ trustedTools: ['all'], trustedCommands: ['*'] })];
      for (const [name, call] of Object.entries(CHANGES)) {
        expect(effect(call, { mode: SUPERVISED, layers }), name).toBe('ask');
      }
    });

    it.todo('"Makes decisions based on requirements", "Asks clarifying questions" (the agent alone)');
  });

  describe('Trusted Commands', () => {
    it('"By default, Kiro requires approval before running commands"', () => {
      expect(effect(command('npm install'))).toBe('ask');
    });

    it('"Exact matching: Commands must match exactly (e.g., npm install)"', () => {
      const layers = trusting('npm install');
      expect(effect(command('npm install'), { layers })).toBe('allow');
      expect(effect(command('npm install x'), { layers })).toBe('ask');
    });

    it('"Wildcard matching: Use * to trust variations (e.g., npm *)"', () => {
      const layers = trusting('npm *');
      expect(effect(command('npm run lint'), { layers })).toBe('allow');
      expect(effect(command('pnpm run lint'), { layers })).toBe('ask');
    });

    it('"Universal trust: Use * alone to trust all commands (use with extreme caution)"', () => {
      const layers = trusting('*');
      expect(effect(command('make'), { layers })).toBe('allow');
      expect(decided(command('rm -rf ~'), { layers })).toMatchObject({
        effect: 'ask',
        destructive: true,
      });
    });
  });

  describe('Other sections', () => {
    it.todo('"Opt Out of Data Sharing", IDE and CLI (needs the privacy switches)');
    it.todo('"Types of Telemetry Collected" (needs the privacy view)');
    it.todo('"View code reference log", "Turn code references on/off" (needs the privacy switches)');
    it.todo('"Data Storage", "Cross-region Processing", "Data Encryption" (needs the privacy view)');
    it.todo('"VPC Endpoints", "Firewall and Proxy Configuration" (needs the network checks)');
    it.todo('"Use .gitignore to prevent access to sensitive files" (needs the posture check)');
  });
});
