/** Flags by which agents ask for nothing any more. */
const FLAGS =
  /(?:^|\s)(--trust-all-tools|--yolo|--approval-mode[= ]yolo|--dangerously-skip-permissions|--dangerously-bypass-approvals-and-sandbox|--full-auto|--allow-all-tools)(?=\s|$)/;

/** The flag in a command line or argument that lets everything pass; undefined where there is none. */
export function trustAllFlag(text: string): string | undefined {
  return FLAGS.exec(text)?.[1] ?? (/\bkiro-cli\b.*\s-a(?=\s|$)/.test(text) ? '-a' : undefined);
}
