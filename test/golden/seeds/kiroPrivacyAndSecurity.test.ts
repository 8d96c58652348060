import { describe, expect, it } from 'vitest';
import { allowList } from '../../../src/privacy/network/allowList';
import { switchRow } from '../../../src/privacy/switches/switchTable';
import { factsAbout, postureOf, switchedOff } from './documentPrivacy';
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
    it('"Opt Out of Data Sharing", IDE and CLI', async () => {
      const group = 'telemetry.dataSharingAndPromptLogging';
      expect(
        await switchedOff([
          ...(['ide.contentCollection', 'ide.usageAnalytics'] as const),
          ...(['cli.telemetry', 'cli.contentSharing'] as const),
        ]),
      ).toEqual({
        '.config/Kiro/User/settings.json': {
          [`${group}.contentCollectionForServiceImprovement`]: false,
          [`${group}.usageAnalyticsAndPerformanceMetrics`]: false,
        },
        '.kiro/settings/cli.json': {
          'telemetry.enabled': false,
          'codeWhisperer.shareCodeWhispererContentWithAWS': false,
        },
      });
    });
    it('"Types of Telemetry Collected"', () => {
      for (const type of ['Kiro version', 'anonymous machine ID', 'latency', 'login', 'MCP']) {
        expect(factsAbout('collected')).toContain(type);
      }
    });
    it('"View code reference log", "Turn code references on/off"', async () => {
      expect(switchRow('ide.codeReferences').where).toContain('Output, "code-references"');
      expect(await switchedOff(['ide.codeReferences'])).toEqual({
        '.config/Kiro/User/settings.json': { 'kiroAgent.codeReferences.referenceTracker': false },
      });
    });
    it('"Data Storage", "Cross-region Processing", "Data Encryption"', () => {
      expect(factsAbout('storage', 'Free and individual plans')).toContain('US East (N. Virginia)');
      expect(factsAbout('storage', 'Enterprise plans')).toContain('Kiro profile was created');
      expect(factsAbout('crossRegion', 'Europe').match(/eu-\w+-\d/g)).toHaveLength(6);
      expect(factsAbout('crossRegion', 'AWS GovCloud')).toContain('(US-West)');
      expect(factsAbout('crossRegion', 'Experimental models and capabilities')).toContain('world');
      expect(factsAbout('inTransit')).toContain('TLS 1.2 or higher');
      expect(factsAbout('atRest')).toContain('only symmetric keys are supported');
    });
    it('"VPC Endpoints", "Firewall and Proxy Configuration"', () => {
      const rows = allowList().map(({ row }) => row);
      for (const row of [
        ...['com.amazonaws.us-east-1.q', 'com.amazonaws.eu-central-1.q'],
        ...['com.amazonaws.us-east-1.codewhisperer', '*.kiro.dev', '*.sso.amazonaws.com'],
        'aws-language-servers.us-east-1.amazonaws.com',
        'prod.us-east-1.auth.desktop.kiro.dev',
      ]) {
        expect(rows).toContain(row);
      }
    });
    it('"Use .gitignore to prevent access to sensitive files"', () => {
      const findings = postureOf({ 'ws/.gitignore': '*.log\n' });
      expect(findings.flatMap(({ fix }) => fix?.lines?.add ?? [])).toContain('.env');
    });
  });
});
