import { describe, expect, it } from 'vitest';
import type { ToolCall } from '../policy/toolCall';
import { isDeletion, proposedText } from './proposedEdit';

function call(tool: string, input: ToolCall['input']): ToolCall {
  const paths = [{ path: '/w/a', real: '/w/a' }];
  return { agent: 'x', sessionId: 's', cwd: '/w', capability: 'write', tool, input, paths };
}

describe('what a file tool would write', () => {
  it.each<[string, ToolCall['input'], string | undefined]>([
    ['write_file', { content: 'new\n' }, 'new\n'],
    ['fs_write', { text: 'new\n' }, 'new\n'],
    ['create_file', { content: 'new\n' }, 'new\n'],
    ['fs_write', { command: 'create', file_text: 'new\n' }, 'new\n'],
    ['fs_append', { text: 'c\n' }, 'a\nb\na\nc\n'],
    ['fs_write', { command: 'append', new_str: 'c\n' }, 'a\nb\na\nc\n'],
    ['fs_write', { command: 'insert', insert_line: 1, new_str: 'x\n' }, 'a\nx\nb\na\n'],
    ['replace', { old_string: 'a', new_string: '$&' }, '$&\nb\na\n'],
    ['replace', { old_string: 'a', new_string: 'z', allow_multiple: true }, 'z\nb\nz\n'],
    ['replace', { old_string: 'a', new_string: 'z', expected_replacements: 2 }, 'z\nb\nz\n'],
    ['str_replace', { oldStr: 'b', newStr: 'z' }, 'a\nz\na\n'],
    ['str_replace', { oldStr: 'a', newStr: 'z', replace_all: true }, 'z\nb\nz\n'],
    ['str_replace', { oldStr: 'not there', newStr: 'z' }, undefined],
    ['apply_patch', { patch: '*** Begin' }, undefined],
    ['delete_file', { targetFile: 'a' }, undefined],
    ['fs_write', { text: 5 }, undefined],
  ])('%s %j', (tool, input, expected) => {
    expect(proposedText(call(tool, input), 'a\nb\na\n')).toBe(expected);
  });

  it('is known for one file alone', () => {
    const two = [
      { path: '/w/a', real: '/w/a' },
      { path: '/w/b', real: '/w/b' },
    ];
    expect(proposedText({ ...call('fs_write', { text: 'x' }), paths: two }, '')).toBeUndefined();
  });

  it('tells a deletion', () => {
    expect(isDeletion(call('delete_file', {}))).toBe(true);
    expect(isDeletion(call('fs_write', {}))).toBe(false);
  });
});
