import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nextMode } from '../../../src/policy/mode';
import { allowList } from '../../../src/privacy/network/allowList';
import { switchRow } from '../../../src/privacy/switches/switchTable';
import { DocumentMachine, factsOn } from './documentMachine';
import {
  CHANGES,
  OPENED,
  READ,
  command,
  decided,
  effect,
  kiroCall,
  settings,
} from './documentPolicy';

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

    it('Supervised: "Asks clarifying questions when needed": a question needs no approval', () => {
      const question = kiroCall('user_input', { question: 'Which one?', options: ['a', 'b'] });
      expect(effect(question, { mode: SUPERVISED })).toBe('allow');
    });
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
    let machine: DocumentMachine;
    beforeEach(() => {
      machine = new DocumentMachine();
    });
    afterEach(() => machine.dispose());

    it('"Opt Out of Data Sharing", IDE: "Uncheck boxes for telemetry and content collection"', async () => {
      machine.put('.config/Kiro/User/settings.json', '{}');
      for (const id of ['ide.telemetryLevel', 'ide.contentCollection'] as const) {
        expect(await machine.switchOff(id), id).toEqual({ before: 'on', after: 'off' });
      }
    });

    it('"Opt Out of Data Sharing", CLI: "Telemetry" and "Share Kiro content with AWS"', async () => {
      for (const id of ['cli.telemetry', 'cli.contentSharing'] as const) {
        expect(await machine.switchOff(id), id).toEqual({ before: 'on', after: 'off' });
      }
    });

    it('"Types of Telemetry Collected" are shown', () => {
      expect(factsOn('collected', 'Usage data')).toMatch(
        /Kiro version, operating system, anonymous machine ID/,
      );
      expect(factsOn('collected', 'Performance metrics')).toMatch(
        /Request counts, errors and latency.*login, completion, code generation, tools and MCP/,
      );
    });

    it('"View code reference log": it is said where, "Turn code references on/off" switches', async () => {
      expect(switchRow('ide.codeReferences').where).toContain('Output, "code-references"');
      machine.put('.config/Kiro/User/settings.json', '{"kiroAgent.codeReferences.referenceTracker": true}');
      const { before, after } = await machine.switchOff('ide.codeReferences');
      expect([before, after]).toEqual(['on', 'off']);
    });

    it('"Data Storage", "Cross-region Processing", "Data Encryption" are shown', () => {
      expect(factsOn('storage', 'Free and individual')).toBe('US East (N. Virginia)');
      expect(factsOn('storage', 'Enterprise')).toContain('where the Kiro profile was created');
      for (const region of ['us-east-1', 'us-west-2', 'us-east-2']) {
        expect(factsOn('crossRegion', 'United States')).toContain(region);
      }
      const europe = ['central-1', 'west-1', 'west-3', 'north-1', 'south-1', 'south-2'];
      for (const region of europe) expect(factsOn('crossRegion', 'Europe')).toContain(`eu-${region}`);
      expect(factsOn('crossRegion', 'GovCloud')).toMatch(/US-East.*US-West/);
      expect(factsOn('crossRegion', 'Experimental')).toContain('worldwide');
      expect(factsOn('inTransit', 'Kiro')).toContain('TLS 1.2 or higher');
      expect(factsOn('atRest', 'All plans')).toContain('keys that AWS owns');
      expect(factsOn('atRest', 'Enterprise')).toContain('only symmetric keys are supported');
      expect(factsOn('improvement', 'Enterprise')).toBe('Content is not used');
    });

    it('"VPC Endpoints", "Firewall and Proxy Configuration": every row of the lists can be tried', () => {
      const rows = allowList().map(({ row }) => row);
      for (const row of [
        ...['com.amazonaws.us-east-1.q', 'com.amazonaws.eu-central-1.q'],
        ...['com.amazonaws.us-east-1.codewhisperer', '*.kiro.dev', '*.aws.dev', '*.awsstatic.com'],
        ...['<idc-directory-id-or-alias>.awsapps.com', 'oidc.<sso-region>.amazonaws.com'],
        ...['*.sso.<sso-region>.amazonaws.com', '*.sso-portal.<sso-region>.amazonaws.com'],
        ...['*.console.aws.a2z.com', '*.sso.amazonaws.com'],
        'aws-toolkit-language-servers.amazonaws.com',
        'aws-language-servers.us-east-1.amazonaws.com',
        'client-telemetry.us-east-1.amazonaws.com',
        'cognito-identity.us-east-1.amazonaws.com',
        'prod.us-east-1.telemetry.desktop.kiro.dev',
        'prod.us-east-1.auth.desktop.kiro.dev',
      ]) {
        expect(rows).toContain(row);
      }
    });

    it('"Use .gitignore to prevent access to sensitive files": what it lacks is found', () => {
      machine.put('project/.git/HEAD', 'ref: refs/heads/main\n');
      machine.put('project/.gitignore', '*.o\n');
      const [finding] = machine.found('workspace.gitignore');
      expect(finding?.fix?.lines?.add).toContain('.kiro/settings.json');
    });
  });
});
