import * as vscode from 'vscode';
import { makeVisible } from '../../policy/visibleText';
import type { EffectivePolicy } from '../../settings/mergePolicy';
import { refusedPatterns } from '../../settings/refusedPatterns';
import type { PolicyProblem } from '../../settings/policyLayer';

/** Who else shows what is wrong in a file. */
interface Coverage {
  readonly covers: (file: string) => boolean;
  readonly onDidChange: vscode.Event<void>;
}

/**
 * Shows what is wrong in the policy's files where people look for it: in the Problems view. A file
 * that the language server looks at is left to it, so that each fault shows once.
 */
export class PolicyProblems implements vscode.Disposable {
  readonly #collection = vscode.languages.createDiagnosticCollection('checkrein');
  readonly #subscription: vscode.Disposable;
  #last: EffectivePolicy | undefined;

  constructor(private readonly coverage: Coverage) {
    this.#subscription = coverage.onDidChange(() => {
      if (this.#last) this.show(this.#last);
    });
  }

  show(effective: EffectivePolicy): void {
    this.#last = effective;
    const { problems, policy } = effective;
    const byFile = new Map<string, vscode.Diagnostic[]>();
    for (const problem of [...problems, ...refusedPatterns(policy)]) {
      if (problem.file === '' || this.coverage.covers(problem.file)) continue;
      byFile.set(problem.file, [...(byFile.get(problem.file) ?? []), toDiagnostic(problem)]);
    }
    this.#collection.clear();
    for (const [file, diagnostics] of byFile)
      this.#collection.set(vscode.Uri.file(file), diagnostics);
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#collection.dispose();
  }
}

function toDiagnostic({
  line = 1,
  column = 1,
  message,
  severity,
}: PolicyProblem): vscode.Diagnostic {
  const start = new vscode.Position(line - 1, column - 1);
  const diagnostic = new vscode.Diagnostic(
    // To the end of the line, which the editor finds by itself.
    new vscode.Range(start, start.translate(0, 1_000)),
    makeVisible(message),
    severity === 'error' ? vscode.DiagnosticSeverity.Error : vscode.DiagnosticSeverity.Warning,
  );
  diagnostic.source = 'Checkrein';
  return diagnostic;
}
