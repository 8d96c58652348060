/** Flags by which agents ask for nothing any more. */
const FLAGS =
  /(?:^|\s)(--trust-all-tools|--yolo|--approval-mode[= ]yolo|--dangerously-skip-permissions|--dangerously-bypass-approvals-and-sandbox|--full-auto|--allow-all-tools)(?=\s|$)/;

/** The flag in a command line or argument that lets everything pass; undefined where there is none. */
export function trustAllFlag(text: string): string | undefined {
  const flag = FLAGS.exec(text)?.[1];
  const start = text.search(/\bkiro-cli\b/);
  if (flag !== undefined || start === -1) return flag;
  return /\s-a(?=\s|$)/.test(text.slice(start)) ? '-a' : undefined;
}
