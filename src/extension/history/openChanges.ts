import type { FileView, PromptView } from '../../protocol/changesView';

/** Changes older than this are history: they no longer show in the margin, in milliseconds. */
const RECENT_MS = 24 * 3_600_000;

/** The files of recent prompts that are neither kept nor undone, each once. */
export function openChanges(prompts: readonly PromptView[], now: number): FileView[] {
  const recent = prompts
    .filter(({ start }) => now - start < RECENT_MS)
    .map(prompt => ({
      ...prompt,
      files: prompt.files.filter(({ state }) => state === 'standing'),
    }));
  return standing(recent);
}

/** Each file once over all prompts: as it was before the first change that stands. */
export function standing(prompts: readonly PromptView[]): FileView[] {
  const files = new Map<string, FileView>();
  // Newest first: what an earlier prompt found is what stood there before.
  for (const file of prompts.flatMap(prompt => prompt.files)) {
    if (file.state === 'undone') continue;
    const key = `${file.root}\0${file.path}`;
    const later = files.get(key);
    files.set(key, later ? followed(file, later) : file);
  }
  return [...files.values()];
}

function followed(earlier: FileView, later: FileView): FileView {
  const { before: _, after: __, ...rest } = later;
  const status =
    earlier.status === 'added' ? 'added' : later.status === 'added' ? 'modified' : later.status;
  return {
    ...rest,
    status: later.status === 'deleted' ? 'deleted' : status,
    ...(earlier.before !== undefined && { before: earlier.before }),
    ...(later.after !== undefined && { after: later.after }),
  };
}
