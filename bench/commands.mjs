// Side by side in one run: the command judge (parse, all checks, verdict) and web-tree-sitter with
// tree-sitter-bash (a parse and a walk over the tree, no judgement). Prints a Markdown table.
// Usage: npm run bench:commands
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Language, Parser } from 'web-tree-sitter';
import { bundleJudge } from '../scripts/loadJudge.mjs';

const require = createRequire(import.meta.url);
const GRAMMAR = require.resolve('tree-sitter-bash/tree-sitter-bash.wasm');
const ROUNDS = 30;
const LOADS = 9;

const folder = mkdtempSync(join(tmpdir(), 'checkrein-bench-'));
const bundle = join(folder, 'judge.cjs');
await bundleJudge(bundle);
const { judgeCommand } = require(bundle);
await Parser.init();
const parser = new Parser();
parser.setLanguage(await Language.load(GRAMMAR));

const trusted = ['npm *', 'git *', 'npx *', 'cargo *', 'pytest *', 'docker compose *'].map(
  pattern => ({ effect: 'allow', pattern, source: { file: 'bench' } }),
);
const context = { dialect: 'bash', cwd: '/w', roots: ['/w'], home: '/h' };

function judge(line) {
  return judgeCommand(line, { trusted }, context).effect;
}

/** What peers do: parse, visit every node, collect the commands. */
function walk(line) {
  const tree = parser.parse(line);
  const commands = [];
  const visit = node => {
    if (node.type === 'command') commands.push(node.text);
    for (const child of node.children) if (child) visit(child);
  };
  visit(tree.rootNode);
  tree.delete();
  return commands.length;
}

/** The bash cases of the golden file. */
function goldenLines() {
  const text = readFileSync(new URL('../test/golden/commands.txt', import.meta.url), 'utf8');
  let bash = false;
  return text.split('\n').flatMap(row => {
    if (row.startsWith('== ')) bash = row.startsWith('== bash');
    const match = bash && /^(?:allow|ask|never) +(.*)$/.exec(row);
    if (!match) return [];
    return [match[1].startsWith('json:') ? JSON.parse(match[1].slice(5)) : match[1]];
  });
}

const HOSTILE = [
  ['ls;', 'many parts'],
  ['$(', 'open substitutions'],
  ['`a` ', 'backticks'],
  ['<(', 'open process substitutions'],
  ['{a,', 'open braces'],
  ['cat <<A\n', 'heredocs'],
  ['\'"', 'quotes'],
  ['rm -rf / ', 'removals'],
  ['~/', 'one long path'],
  ['x|', 'a long pipeline'],
  ['$((', 'open arithmetic'],
  ['if ', 'open conditions'],
].map(([piece, name]) => [name, piece.repeat(10_000 / piece.length)]);

function percentiles(run, lines) {
  for (let round = 0; round < 5; round += 1) for (const line of lines) run(line);
  const times = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const line of lines) {
      const start = process.hrtime.bigint();
      run(line);
      times.push(Number(process.hrtime.bigint() - start) / 1000);
    }
  }
  times.sort((a, b) => a - b);
  return [times[Math.floor(times.length / 2)], times[Math.floor(times.length * 0.99)]];
}

function slowest(run) {
  let worst = { name: '', ms: 0 };
  for (const [name, line] of HOSTILE) {
    const start = performance.now();
    try {
      run(line);
    } catch {
      // A parser that gives up has still taken its time.
    }
    const ms = performance.now() - start;
    if (ms > worst.ms) worst = { name, ms };
  }
  return worst;
}

/** Times that a fresh process prints, the start of Node left out; medians of several runs. */
function coldLoad(program) {
  const file = join(folder, 'cold.mjs');
  writeFileSync(file, program);
  const runs = Array.from({ length: LOADS }, () =>
    execFileSync(process.execPath, [file], { encoding: 'utf8' }).trim().split('\n').map(Number),
  );
  return runs[0].map((_, column) => {
    const sorted = runs.map(run => run[column]).sort((a, b) => a - b);
    return sorted[Math.floor(LOADS / 2)];
  });
}

const lines = goldenLines();
const [p50, p99] = percentiles(judge, lines);
const [treeP50, treeP99] = percentiles(walk, lines);
const hostile = slowest(judge);
const treeHostile = slowest(walk);
const [cold, first] = coldLoad(`import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);
const start = performance.now();
const { judgeCommand } = require(${JSON.stringify(bundle)});
console.log(performance.now() - start);
judgeCommand('ls -la | head', { trusted: [] }, ${JSON.stringify(context)});
console.log(performance.now() - start);`);
const [treeCold, treeFirst] = coldLoad(`const start = performance.now();
const { Language, Parser } = await import(${JSON.stringify(require.resolve('web-tree-sitter'))});
await Parser.init();
const parser = new Parser();
parser.setLanguage(await Language.load(${JSON.stringify(GRAMMAR)}));
console.log(performance.now() - start);
parser.parse('ls -la | head');
console.log(performance.now() - start);`);
const size = Math.round(statSync(bundle).size / 1024);
rmSync(folder, { recursive: true, force: true });

const row = (name, ours, theirs, unit, target) =>
  `| ${name} | ${ours.toFixed(1)} ${unit} | ${theirs.toFixed(1)} ${unit} | ` +
  `${(theirs / ours).toFixed(1)} x | ${target} |`;
console.log(
  [
    `${lines.length} lines, ${ROUNDS} rounds, Node ${process.version}, bundle ${size} KB (not minified)`,
    '',
    '| | Checkrein: whole decision | tree-sitter-bash: parse, visit every node | ratio | target |',
    '|---|---|---|---|---|',
    row('per line, median', p50, treeP50, 'µs', '< 50 µs'),
    row('per line, p99', p99, treeP99, 'µs', '< 1000 µs'),
    row('cold load', cold, treeCold, 'ms', '< 15 ms'),
    row('cold load and first answer', first, treeFirst, 'ms', ''),
    row('worst hostile line of 10,000 characters', hostile.ms, treeHostile.ms, 'ms', '< 100 ms'),
    '',
    `Worst lines: ${hostile.name} here, ${treeHostile.name} there.`,
  ].join('\n'),
);
const missed = p50 > 50 || p99 > 1000 || cold > 15 || hostile.ms > 100;
process.exitCode = missed ? 1 : 0;
