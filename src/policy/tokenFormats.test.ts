import { describe, expect, it } from 'vitest';
import { TOKEN_FORMATS } from './tokenFormats';

const a = (length: number): string => 'aB3dE6'.repeat(100).slice(0, length);
const hex = (length: number): string => '0a1b2c'.repeat(20).slice(0, length);

/** One text of each form, in parts, so that no scanner takes this file for a leak. */
const SAMPLES: readonly (readonly [kind: string, ...parts: readonly string[]])[] = [
  ['a private key', '-----BEGIN ', 'OPENSSH ', 'PRIVATE ', 'KEY-----'],
  ['a private key', '-----BEGIN PGP ', 'PRIVATE ', 'KEY BLOCK-----'],
  ['a GitHub token', 'gh', 'p_', a(36)],
  ['a GitHub token', 'gh', 's_', a(20)],
  ['a GitHub token', 'github_', 'pat_', a(30)],
  ['a GitLab token', 'gl', 'pat-', a(20)],
  ['a GitLab token', 'gl', 'soat-', a(20)],
  ...['AKIA', 'ASIA', 'ABIA', 'ACCA'].map(
    head => ['an AWS access key', head, 'QWER'.repeat(4)] as const,
  ),
  ['a Slack token', 'xox', 'b-', a(20)],
  ['a Slack token', 'xa', 'pp-1-', a(20)],
  ['a Slack webhook', 'hooks.slack', '.com/services/T', a(8), '/', a(20)],
  ['a Stripe key', 'sk_', 'live_', a(24)],
  ['a Stripe key', 'wh', 'sec_', a(32)],
  ['an Anthropic key', 'sk-', 'ant-', 'api03-', a(60)],
  ['an OpenAI key', 'sk-', 'proj-', a(40)],
  ['an OpenAI key', 'sk-', a(20), 'T3Blbk', 'FJ', a(20)],
  ['a Google key', 'AI', 'za', a(35)],
  ['a Google key', 'GOC', 'SPX-', a(28)],
  ['a Google key', 'ya', '29.', a(40)],
  ['an npm token', 'np', 'm_', a(36)],
  ['a PyPI token', 'py', 'pi-AgEIcHlwaS5vcmc', a(60)],
  ['a RubyGems key', 'ruby', 'gems_', hex(48)],
  ['a Docker Hub token', 'dc', 'kr_pat_', a(27)],
  ['a Hugging Face token', 'h', 'f_', 'aBcDeF'.repeat(6).slice(2)],
  ['a Groq key', 'gs', 'k_', a(52)],
  ['a Replicate token', 'r', '8_', a(37)],
  ['an xAI key', 'xa', 'i-', a(80)],
  ['a Perplexity key', 'pp', 'lx-', a(48)],
  ['a SendGrid key', 'S', 'G.', a(22), '.', a(43)],
  ['a Twilio key', 'S', 'K', hex(32)],
  ['a Telegram token', '12345678', '9:AA', a(33)],
  ['a DigitalOcean token', 'do', 'p_v1_', hex(64)],
  ['a Heroku key', 'HR', 'KU-AA', a(58)],
  ['a Terraform Cloud token', a(14), '.atlas', 'v1.', a(64)],
  ['a Vault token', 'hv', 's.', a(30)],
  ['a Doppler token', 'd', 'p.pt.', a(43)],
  ['a 1Password token', 'op', 's_eyJ', a(120)],
  ['a Databricks token', 'da', 'pi', hex(32)],
  ['a Supabase token', 'sb', 'p_', hex(40)],
  ['a Grafana token', 'gl', 'sa_', a(32), '_', hex(8)],
  ['a Grafana token', 'gl', 'c_', a(40)],
  ['a Sentry token', 'sn', 'trys_', a(60)],
  ['a New Relic key', 'NR', 'AK-', 'ABC'.repeat(9)],
  ['a Postman key', 'PM', 'AK-', hex(24), '-', hex(34)],
  ['a Shopify token', 'sh', 'pat_', hex(32)],
  ['a Linear key', 'li', 'n_api_', a(40)],
  ['a Notion token', 'nt', 'n_', a(46)],
  ['a Figma token', 'fi', 'gd_', a(40)],
  ['an Atlassian token', 'ATA', 'TT3', a(180)],
  ['an Azure storage key', 'Account', 'Key=', a(86), '=='],
  ['a JSON web token', 'ey', 'JhbGciOiJI', a(10), '.', a(30), '.', a(30)],
  ['a password in an address', 'postgres://me', ':hunter22', '@db.example'],
];

describe('the formats of tokens', () => {
  it.each(SAMPLES.map(([kind, ...parts]) => ({ kind, token: parts.join('') })))(
    'find $kind, and nothing around it',
    ({ kind, token }) => {
      const text = `use "${token}" here`;
      const found = TOKEN_FORMATS.flatMap(({ marks, ...format }) =>
        marks.some(mark => text.includes(mark))
          ? [...text.matchAll(format.pattern)].map(([match]) => [format.kind, match])
          : [],
      );
      expect(found).toEqual([[kind, token]]);
    },
  );

  it('have a sample each', () => {
    expect(new Set(SAMPLES.map(([kind]) => kind))).toEqual(
      new Set(TOKEN_FORMATS.map(({ kind }) => kind)),
    );
  });

  it('find a web token behind a word and a line', () => {
    const token = ['ey', 'J', a(20), '.', a(20), '.', a(20)].join('');
    const [format] = TOKEN_FORMATS.filter(({ kind }) => kind === 'a JSON web token');
    expect(`id-${token}`.match(format?.pattern ?? /(?!)/g)).toEqual([token]);
  });
});
