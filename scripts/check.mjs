// `npm run check`: every static check. Each one says how much it looked at, and one that looked at
// nothing fails, because a checker that finds no files also finds no faults.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ESLint } from 'eslint';

const bin = name => join('node_modules', '.bin', name);

/** Runs a tool and gives its output; on failure prints the output and rethrows. */
function run(name, args) {
  try {
    return execFileSync(bin(name), args, {
      encoding: 'utf8',
      maxBuffer: 64 * 2 ** 20,
      stdio: 'pipe',
    });
  } catch (error) {
    process.stdout.write(`${error.stdout ?? ''}${error.stderr ?? ''}`);
    throw error;
  }
}

const trackedFiles = () =>
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    encoding: 'utf8',
  })
    .split('\n')
    .filter(Boolean);

const checks = {
  types() {
    const files = run('tsc', ['-p', '.', '--listFilesOnly']).split('\n');
    run('tsc', ['-p', '.']);
    const inBrowser = run('tsc', ['-p', 'src/webview', '--listFilesOnly']).split('\n');
    run('tsc', ['-p', 'src/webview']);
    const ofWebview = inBrowser.filter(file => file.includes('/src/webview/'));
    if (ofWebview.length === 0) throw new Error('no type of the webview was checked');
    return files.filter(file => file.includes('/src/')).length + ofWebview.length;
  },

  async lint() {
    const eslint = new ESLint();
    const results = await eslint.lintFiles(['src', 'test', 'bench']);
    const formatter = await eslint.loadFormatter('stylish');
    const text = await formatter.format(results);
    if (results.some(({ errorCount, warningCount }) => errorCount + warningCount > 0)) {
      process.stdout.write(text);
      throw new Error('lint found problems');
    }
    return results.length;
  },

  format() {
    const files = trackedFiles().filter(file => /\.(ts|tsx|css|mts|mjs|cjs|json|md)$/.test(file));
    run('prettier', ['--check', '--ignore-unknown', ...files]);
    return files.length;
  },

  boundaries() {
    const output = run('depcruise', [
      'src',
      '--config',
      '.dependency-cruiser.cjs',
      '--output-type',
      'json',
    ]);
    const { summary } = JSON.parse(output);
    if (summary.error > 0) {
      for (const { rule, from, to } of summary.violations)
        console.log(`${rule.name}: ${from} -> ${to}`);
      throw new Error('an import crosses a boundary');
    }
    return summary.totalCruised;
  },

  deadCode() {
    run('knip', ['--no-progress', '--treat-config-hints-as-errors']);
    // Knip names every file it has read in its debug output.
    const seen = run('knip', ['--no-progress', '--debug', '--no-exit-code']);
    return new Set(seen.match(/\bsrc\/[\w/]+\.tsx?\b/g) ?? []).size;
  },

  translations() {
    const folder = mkdtempSync(join(tmpdir(), 'checkrein-l10n-'));
    try {
      run('vscode-l10n-dev', ['export', '-o', folder, 'src/extension']);
      const fresh = readFileSync(join(folder, 'bundle.l10n.json'), 'utf8');
      if (fresh !== readFileSync('l10n/bundle.l10n.json', 'utf8')) {
        throw new Error('l10n/bundle.l10n.json is not up to date: npm run l10n');
      }
      return Object.keys(JSON.parse(fresh)).length;
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

let failed = false;
for (const [name, check] of Object.entries(checks)) {
  try {
    const count = await check();
    if (!(count > 0)) throw new Error('it checked nothing');
    console.log(`ok      ${name} (${count})`);
  } catch (error) {
    failed = true;
    // A failed command's message begins with all its arguments.
    console.log(`FAILED  ${name}: ${error.message.split('\n')[0].slice(0, 200)}`);
  }
}
process.exitCode = failed ? 1 : 0;
