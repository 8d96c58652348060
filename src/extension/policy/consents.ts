import * as vscode from 'vscode';
import * as z from 'zod/mini';
import type { Loosening } from '../../settings/loosening';

const STORED = 'consents';
/** More than a person approves; the oldest go first. */
const MAX_CONSENTS = 200;

const ConsentSchema = z.strictObject({
  file: z.string(),
  hash: z.string(),
  content: z.record(z.string(), z.unknown()),
  time: z.string(),
});
type Consent = z.infer<typeof ConsentSchema>;

/**
 * What a person let repositories loosen, each time exactly one content of one file. Kept in the
 * editor's own storage, where no file of a repository and no command line reaches.
 */
export class Consents implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  #hashes: ReadonlySet<string>;
  readonly onDidChange = this.#changed.event;

  constructor(private readonly memento: vscode.Memento) {
    this.#hashes = this.#read();
  }

  get hashes(): ReadonlySet<string> {
    return this.#hashes;
  }

  /** What was approved last for a file, to show what has changed since. */
  lastContent(file: string): Readonly<Record<string, unknown>> | undefined {
    return this.#all().findLast(consent => consent.file === file)?.content;
  }

  async approve({ file, hash, whole: content }: Loosening): Promise<void> {
    const others = this.#all().filter(consent => consent.hash !== hash);
    const time = new Date().toISOString();
    await this.#store([...others, { file, hash, content, time }].slice(-MAX_CONSENTS));
  }

  /** Takes back every approval that was given for a file. */
  async withdraw(file: string): Promise<void> {
    await this.#store(this.#all().filter(consent => consent.file !== file));
  }

  dispose(): void {
    this.#changed.dispose();
  }

  #all(): readonly Consent[] {
    const parsed = z.array(ConsentSchema).safeParse(this.memento.get(STORED, []));
    // What cannot be read is no consent.
    return parsed.success ? parsed.data : [];
  }

  #read(): ReadonlySet<string> {
    return new Set(this.#all().map(({ hash }) => hash));
  }

  async #store(consents: readonly Consent[]): Promise<void> {
    await this.memento.update(STORED, consents);
    this.#hashes = this.#read();
    this.#changed.fire();
  }
}
