import type { Decision } from './decision';

/**
 * What the model reads when a call is blocked. English, short, and clear about what to do next,
 * because a model that only reads "denied" tries another way.
 */
export function explainToAgent(decision: Decision): string {
  return `Blocked by Checkrein, the safety policy of the person you work for. ${decision.reason} ${advice(decision)}`;
}

function advice({ code }: Decision): string {
  switch (code) {
    case 'timedOut':
      return 'Do not try another way; say that you wait for the approval, then repeat exactly the same call.';
    case 'noWindow':
      return 'Do not try another way; tell the person to open the folder in the editor, then repeat the call.';
    case 'interrupted':
      return 'Make no further tool calls until the person says so.';
    case 'unreadable':
      return 'Send a complete call.';
    default:
      return 'Do not try to reach the same effect in another way; ask the person what to do instead.';
  }
}
