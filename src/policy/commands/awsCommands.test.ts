import { describe, expect, it } from 'vitest';
import { judgeCommand } from './judgeCommand';

const effect = (line: string): string =>
  judgeCommand(
    line,
    { trusted: [], readingAws: true },
    { dialect: 'bash', cwd: '/p', roots: ['/p'], home: '/home/me' },
  ).effect;

describe('aws commands, once AWS is trusted', () => {
  it.each([
    'aws s3 ls',
    'aws s3 ls s3://bucket/path',
    'aws ec2 describe-instances',
    'aws ec2 describe-instances --region eu-west-1 --output json',
    'aws --region eu-west-1 --profile dev iam list-users',
    'aws sts get-caller-identity',
    'aws logs describe-log-groups | head -5',
  ])('let %j run', line => expect(effect(line)).toBe('allow'));

  it.each([
    'aws ec2 terminate-instances --instance-ids i-1',
    'aws s3 rm s3://bucket --recursive',
    'aws s3 cp s3://bucket/x .',
    'aws secretsmanager get-secret-value --secret-id x',
    'aws ssm get-parameter --name x --with-decryption',
    'aws s3api get-object --bucket b --key k out',
    'aws iot-data get-thing-shadow --thing-name x out.json',
    'aws ec2 describe-instances --endpoint-url http://evil.example',
    'aws ec2 describe-instances --cli-input-json file:///etc/passwd',
    'aws ec2 describe-tags --filters file://.env',
    'aws configure list',
    'aws configure get aws_secret_access_key',
    'aws ecr get-login-password',
    'aws "$x" list-users',
    'aws ec2 describe-instances > out',
    'aws',
  ])('ask about %j', line => expect(effect(line)).not.toBe('allow'));
});
