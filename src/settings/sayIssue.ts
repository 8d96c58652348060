import type * as z from 'zod/mini';

const EXPECTED: Readonly<Record<string, string>> = {
  array: 'a list',
  string: 'a text',
  boolean: 'true or false',
  number: 'a number',
  int: 'a whole number',
  object: 'an object',
  record: 'an object',
};

/** What is wrong with a value and what it must be, to follow the value's name. */
export function sayIssue(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${EXPECTED[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `must be one of ${issue.values.map(value => JSON.stringify(value)).join(', ')}`;
    case 'too_small':
      return issue.origin === 'string'
        ? 'must not be empty'
        : `must be at least ${String(issue.minimum)}`;
    case 'too_big': {
      const most = String(issue.maximum);
      if (issue.origin === 'string') return `must not be longer than ${most} characters`;
      return issue.origin === 'array'
        ? `must not have more than ${most} entries`
        : `must be at most ${most}`;
    }
    case 'unrecognized_keys':
      return `holds keys that are not known: ${issue.keys.map(key => JSON.stringify(key)).join(', ')}`;
    default:
      return 'does not have one of the forms it may have';
  }
}
