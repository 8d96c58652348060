import { isAbsolute, join } from 'node:path';
import { evidenceOf, type CheckResult, type Finding, type NewFinding } from './finding';
import { isThere, readSmallText } from './boundedFiles';
import type { PostureFacts } from './postureFacts';

const WHY =
  'An agent’s commands see this environment and these files. A long-lived key keeps working wherever it ends up.';
const REMEDY =
  'Use temporary credentials (aws sso login, aws sts assume-role) in a named profile for Kiro, with no more rights than it needs.';

/** Long-lived keys of AWS in the environment. */
export function awsEnvironment({ env }: PostureFacts): CheckResult {
  const id = env['AWS_ACCESS_KEY_ID'] ?? '';
  const secret = env['AWS_SECRET_ACCESS_KEY'] ?? '';
  if (id === '' && secret === '') return { findings: [] };
  const temporary = (env['AWS_SESSION_TOKEN'] ?? '') !== '' && !id.startsWith('AKIA');
  const names = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'];
  const evidence = names.filter(name => (env[name] ?? '') !== '').map(name => `${name} is set`);
  const finding: NewFinding = {
    severity: temporary ? 'low' : 'high',
    title: temporary
      ? 'Temporary AWS credentials in the environment'
      : 'A long-lived AWS key in the environment',
    why: WHY,
    evidence,
    fix: { text: `Take them out of the environment that the editor starts from. ${REMEDY}` },
  };
  return { findings: [finding] };
}

/** Long-lived keys of AWS in the credentials file. */
export function awsCredentials({ env, home }: PostureFacts): CheckResult {
  const moved = env['AWS_SHARED_CREDENTIALS_FILE'];
  const file = moved !== undefined && isAbsolute(moved) ? moved : join(home, '.aws', 'credentials');
  if (!isThere(file)) return { findings: [] };
  const text = readSmallText(file);
  if (text === undefined) return { findings: [], unclear: `${file} cannot be read` };
  const longLived = profilesOf(text).filter(({ hasKey, isTemporary }) => hasKey && !isTemporary);
  if (longLived.length === 0) return { findings: [] };
  const isDefault = longLived.some(({ name }) => name === 'default');
  const severity: Finding['severity'] = isDefault ? 'high' : 'medium';
  const [first] = longLived;
  return {
    findings: [
      {
        severity,
        title: isDefault
          ? 'The default AWS profile has a long-lived key'
          : 'Named AWS profiles have long-lived keys',
        why: WHY,
        evidence: evidenceOf(longLived, ({ name, line }) => `${file}:${line}: [${name}]`),
        fix: { text: REMEDY, file, ...(first && { line: first.line }) },
      },
    ],
  };
}

interface Profile {
  readonly name: string;
  readonly line: number;
  hasKey: boolean;
  isTemporary: boolean;
}

function profilesOf(text: string): readonly Profile[] {
  const profiles: Profile[] = [];
  text.split('\n').forEach((raw, index) => {
    const line = raw.trim();
    if (line.startsWith('[') && line.endsWith(']')) {
      const name = line.slice(1, -1).trim().slice(0, 80);
      profiles.push({ name, line: index + 1, hasKey: false, isTemporary: false });
    }
    const profile = profiles.at(-1);
    const [key = '', value = ''] = line.split('=', 2).map(part => part.trim().toLowerCase());
    if (!profile || value === '') return;
    if (key === 'aws_access_key_id' || key === 'aws_secret_access_key') profile.hasKey = true;
    // A session token makes a key temporary, but for one that is by its name a long-lived one.
    if (key === 'aws_session_token') profile.isTemporary = true;
  });
  return profiles;
}
