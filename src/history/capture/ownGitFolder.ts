import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { UserRepo } from './userRepo';

/** Attributes of a git folder outrank those of the work tree: bytes are compared as they are. */
const NO_CONVERSIONS = '* -text !eol -ident !filter !working-tree-encoding\n';

/** What the configuration of our git folder depends on. */
export interface OwnGitFacts {
  /** The user's ignore rules, outside the repository. */
  readonly excludesFile: string;
  /** As found by looking at the disk: what a configuration says may come from another machine. */
  readonly ignoreCase: boolean;
  readonly platform: NodeJS.Platform;
}

/**
 * A git folder of our own for a person's work tree: its index, configuration, attributes and ignore
 * rules are ours, its objects are links and an alternate. So git can compare the work tree with a
 * commit without reading a line of the repository's configuration, running a filter, a hook or a
 * monitor, or writing anything of the person's. Each process has its own; an idle one is taken over,
 * because the knowledge in its index is what makes looks fast.
 */
export class OwnGitFolder {
  private constructor(
    readonly path: string,
    readonly objects: string,
    private readonly home: string,
  ) {}

  /** Takes over an idle folder in `home`, or makes one. */
  static open(home: string): OwnGitFolder {
    const objects = join(home, 'objects');
    mkdirSync(join(objects, 'info'), { recursive: true, mode: 0o700 });
    const path = join(home, `${process.pid}-${randomBytes(4).toString('hex')}`);
    const idle = readdirSync(home).filter(name => name !== 'objects' && isIdle(name));
    // 'idle' was left in good order and is tried first; the others were left by a crash.
    idle.sort((a, b) => Number(b === 'idle') - Number(a === 'idle'));
    const taken = idle.find(name => renamed(join(home, name), path));
    for (const name of idle) {
      if (name !== taken) rmSync(join(home, name), { recursive: true, force: true });
    }
    mkdirSync(join(path, 'refs'), { recursive: true, mode: 0o700 });
    mkdirSync(join(path, 'info'), { recursive: true, mode: 0o700 });
    for (const name of ['index.lock', 'HEAD.lock']) rmSync(join(path, name), { force: true });
    return new OwnGitFolder(path, objects, home);
  }

  get index(): string {
    return join(this.path, 'index');
  }

  get hasIndex(): boolean {
    return existsSync(this.index);
  }

  dropIndex(): void {
    rmSync(this.index, { force: true });
  }

  /** The commit that git compares with; `undefined` for none. */
  setHead(commit: string | undefined): void {
    writeFileSync(join(this.path, 'HEAD'), `${commit ?? 'ref: refs/heads/none'}\n`);
  }

  /** Writes everything but the index and HEAD as the user's repository asks for it now. */
  configure(repo: UserRepo, exclude: Buffer, sparse: Buffer | undefined, facts: OwnGitFacts): void {
    writeFileSync(join(this.path, 'config'), configText(repo, facts));
    writeFileSync(join(this.path, 'info', 'attributes'), NO_CONVERSIONS);
    // Rewriting it when nothing changed would make git look into every folder again.
    writeIfChanged(join(this.path, 'info', 'exclude'), exclude);
    if (sparse) writeFileSync(join(this.path, 'info', 'sparse-checkout'), sparse);
    writeFileSync(join(this.objects, 'info', 'alternates'), `${quoted(repo.objects)}\n`);
  }

  /** The environment in which git uses this folder and nothing else. */
  environment(top: string): Record<string, string> {
    return {
      GIT_DIR: this.path,
      GIT_OBJECT_DIRECTORY: this.objects,
      GIT_WORK_TREE: top,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: process.platform === 'win32' ? 'NUL' : '/dev/null',
      GIT_ATTR_NOSYSTEM: '1',
      HOME: this.path,
      XDG_CONFIG_HOME: this.path,
    };
  }

  /** Leaves the folder for the next process. */
  close(): void {
    if (!renamed(this.path, join(this.home, 'idle'))) {
      rmSync(this.path, { recursive: true, force: true });
    }
  }
}

function configText(repo: UserRepo, { excludesFile, ignoreCase, platform }: OwnGitFacts): string {
  const sparse = repo.config.get('core.sparsecheckout')?.toLowerCase() === 'true';
  const posix = platform !== 'win32';
  const sha256 = repo.objectFormat === 'sha256';
  return `[core]
  repositoryformatversion = ${sha256 ? 1 : 0}
  bare = false
  fsmonitor = false
  hooksPath = /dev/null
  untrackedCache = true
  splitIndex = false
  autocrlf = false
  safecrlf = false
  fileMode = ${posix}
  symlinks = ${posix}
  ignoreCase = ${ignoreCase}
  precomposeUnicode = false
  longpaths = true
  attributesFile = /dev/null
  excludesFile = ${quoted(excludesFile)}
  sparseCheckout = ${sparse}
  sparseCheckoutCone = ${repo.config.get('core.sparsecheckoutcone')?.toLowerCase() !== 'false'}
[status]
  showUntrackedFiles = all
[gc]
  auto = 0
${sha256 ? '[extensions]\n  objectFormat = sha256\n' : ''}`;
}

function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

function writeIfChanged(path: string, content: Buffer): void {
  const old = existsSync(path) ? readFileSync(path) : undefined;
  if (!old?.equals(content)) writeFileSync(path, content);
}

/** True for what no living process uses. */
function isIdle(name: string): boolean {
  if (name === 'idle') return true;
  const pid = Number(/^(\d{1,10})-[0-9a-f]{8}$/.exec(name)?.[1] ?? Number.NaN);
  if (Number.isNaN(pid)) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

function renamed(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch {
    return false;
  }
}
