import type { KeptReason, SkippedReason } from './plan';
import type { RefusedReason } from './planRestore';

const WORDS: Readonly<Record<KeptReason | SkippedReason | RefusedReason, string>> = {
  'changed-since': 'changed since the agent left it',
  overlap: 'later changes touch the same lines',
  binary: 'changed since, and no text that could be merged',
  'exists-again': 'the agent removed it; something stands there again',
  'deleted-since': 'removed since the agent changed it',
  'other-kind': 'a file became a folder or a link, or the other way round',
  'folder-in-use': 'other files stand in the folder that would have to go',
  'parent-is-file': 'a file stands where its folder would have to be',
  'no-copy': 'too large for a copy, so it would be gone for good',
  mixed: 'you saved it while the agent was at it; name it to undo it all the same',
  shared: 'two agents or calls worked at once; name it to undo it all the same',
  'changed-meanwhile': 'changed a moment ago',
  'too-large': 'too large: its content was not kept',
  unreadable: 'could not be read',
  unstable: 'changed each time it was read',
  'no-room': 'the history was full: its content was not kept',
  'not-in-repository': 'the repository did not have its content',
  'not-looked-at': 'it lay in a folder that is not kept',
  special: 'no ordinary file',
  lost: 'the history has lost its content',
  'no-such-hunk': 'there is no such hunk',
  'not-a-name-here': 'this system cannot hold such a name',
  'link-in-path': 'a folder on the way is a link now',
  'no-permission': 'no permission',
  'in-use': 'in use by another program',
  'disk-full': 'not enough room on the disk',
  failed: 'the system refused',
  busy: 'another window is restoring right now',
  'nothing-known': 'nothing is known of that',
  'nothing-to-redo': 'there is nothing to redo',
};

/** Why a file or a restore did not come about, for people. */
export function explain(reason: keyof typeof WORDS): string {
  return WORDS[reason];
}
