import { describe, expect, it } from 'vitest';
import { findSecrets, maskSecrets } from './secrets';

/** Put together here, so that no scanner takes this file for a leak. */
const joined = (...parts: readonly string[]): string => parts.join('');
const fake = {
  aws: joined('AKI', 'A', 'Z'.repeat(16)),
  awsSecret: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCY'.padEnd(40, 'x'),
  github: joined('gh', 'p_', 'a1'.repeat(18)),
  slack: joined('xox', 'b-', '1234567890-abcdef'),
  jwt: joined('ey', 'JhbGciOiJIUzI1NiJ9.', 'eyJzdWIiOiIxMjM0NTY3ODkwIn0.', 's'.repeat(43)),
  pem: joined(
    ...['-----BEGIN RSA PRIVATE', ' KEY-----\nMIIE\nabc\n', '-----END RSA PRIVATE', ' KEY-----'],
  ),
};

describe('maskSecrets', () => {
  it.each([
    [`id ${fake.aws} end`, 'id [hidden: AWS access key] end'],
    [
      `aws_secret_access_key = ${fake.awsSecret}\nx`,
      'aws_secret_access_key = [hidden: AWS secret key]\nx',
    ],
    [`export T=${fake.github}`, 'export T=[hidden: GitHub token]'],
    [`{"GITHUB_TOKEN": "${fake.github}"}`, '{"GITHUB_TOKEN": "[hidden: GitHub token]"}'],
    [fake.slack, '[hidden: Slack token]'],
    [`Authorization: Bearer ${fake.jwt}`, 'Authorization: Bearer [hidden: JSON web token]'],
    [`a\n${fake.pem}\nb`, 'a\n[hidden: private key]\nb'],
    ['postgres://me:hunter22@db/x', 'postgres://me:[hidden: password in an address]@db/x'],
    ['DB_PASSWORD=correct-horse', 'DB_PASSWORD=[hidden: value named like a secret]'],
    [joined('sk', '-', 'or-v1-', 'a1'.repeat(12)), '[hidden: API key]'],
    [joined('GOCSPX', '-', 'a1'.repeat(14)), '[hidden: Google key]'],
    [`id-${fake.jwt}`, 'id-[hidden: JSON web token]'],
    ['"apiKey": "0123456789"', '"apiKey": "[hidden: value named like a secret]"'],
  ])('%s', (text, masked) => {
    expect(maskSecrets(text)).toBe(masked);
  });

  it.each([
    'GITHUB_TOKEN: ${GITHUB_TOKEN}',
    'const token = readToken();',
    'the key is on the table',
  ])('leaves %s', text => {
    expect(maskSecrets(text)).toBe(text);
  });

  it('hides both of two that overlap, and never gives a piece away', () => {
    const text = `token=${fake.github}${fake.aws}`;
    expect(maskSecrets(text)).not.toMatch(/a1a1|ZZZZ/);
    expect(findSecrets(text)).toHaveLength(1);
  });

  // Quadratic work on one of these runs into the time-out of the test.
  it.each([
    'a.'.repeat(500_000),
    'eyJaaaaaaaaaaaaa-'.repeat(60_000),
    '-----BEGIN PRIVATE KEY-----'.repeat(36_000),
    'token:'.repeat(160_000),
    `secret${' '.repeat(1_000_000)}`,
    'a://b:'.repeat(160_000),
    'eyJ-'.repeat(250_000),
    `eyJ${'a'.repeat(5_000)}-`.repeat(200),
    '-----BEGIN A '.repeat(80_000),
  ])('gets through a large text of one kind (%#)', text => {
    expect(maskSecrets(text).length).toBeGreaterThan(0);
  });
});
