// Side by side in one run: the command judge (parse, all checks, verdict) and web-tree-sitter with
// tree-sitter-bash (a parse and a walk over the whole tree, no judgement). Prints a Markdown table and
// fails if a target is missed or tree-sitter is ahead anywhere.
// Both are warm, see the same lines, and take turns round by round; a line counts with the median of
// its rounds, so that what else the machine does falls on neither.
// Usage: npm run bench:commands
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'unbash';
import { Language, Parser } from 'web-tree-sitter';
import { bundleJudge } from '../scripts/loadJudge.mjs';

const require = createRequire(import.meta.url);
const GRAMMAR = require.resolve('tree-sitter-bash/tree-sitter-bash.wasm');
const WARM_UP = 80;
const ROUNDS = 41;
const LOADS = 21;
const HOSTILE_RUNS = 3;

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
const rules = { trusted };
const context = { dialect: 'bash', cwd: '/w', roots: ['/w'], home: '/h' };

function judge(line) {
  return judgeCommand(line, rules, context).effect;
}

/** What peers do: parse, visit every node, collect the commands. A tree cursor is no faster here. */
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

const median = numbers => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
const percentile = (numbers, share) =>
  numbers.sort((a, b) => a - b)[Math.floor(numbers.length * share)];

/** Times of every line in every round, in microseconds: `times[line][round]`, for each runner. */
function timeLines(runners, lines) {
  for (let round = 0; round < WARM_UP; round += 1) {
    for (const run of runners) for (const line of lines) run(line);
  }
  const times = runners.map(() => lines.map(() => []));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [index, run] of runners.entries()) {
      for (const [at, line] of lines.entries()) {
        const start = process.hrtime.bigint();
        run(line);
        times[index][at].push(Number(process.hrtime.bigint() - start) / 1000);
      }
    }
  }
  return times.map(lineTimes => {
    const medians = lineTimes.map(line => median([...line]));
    return {
      p50: percentile(medians, 0.5),
      p99: percentile(medians, 0.99),
      single: percentile(lineTimes.flat(), 0.99),
    };
  });
}

function slowest(run) {
  const all = HOSTILE.map(([name, line]) => {
    const times = Array.from({ length: HOSTILE_RUNS }, () => {
      const start = performance.now();
      try {
        run(line);
      } catch {
        // A parser that gives up has still taken its time.
      }
      return performance.now() - start;
    });
    return { name, ms: median(times) };
  });
  return all.sort((a, b) => b.ms - a.ms)[0];
}

/**
 * Times that fresh processes print, the start of Node left out; the programs take turns. The fastest
 * counts: a process that does nothing twice can only be slowed down by what else the machine does.
 */
function coldLoads(programs) {
  const runs = programs.map(() => []);
  for (let load = 0; load < LOADS; load += 1) {
    for (const [index, program] of programs.entries()) {
      const file = join(folder, `cold${index}.mjs`);
      writeFileSync(file, program);
      const output = execFileSync(process.execPath, [file], { encoding: 'utf8' });
      runs[index].push(output.trim().split('\n').map(Number));
    }
  }
  return runs.map(all => all[0].map((_, column) => Math.min(...all.map(run => run[column]))));
}

const lines = goldenLines();
const [ours, theirs, parserAlone] = timeLines([judge, walk, parse], lines);
const hostile = slowest(judge);
const treeHostile = slowest(walk);
const [[cold, first], [treeCold, treeFirst]] = coldLoads([
  `import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);
const start = performance.now();
const { judgeCommand } = require(${JSON.stringify(bundle)});
console.log(performance.now() - start);
judgeCommand('ls -la | head', { trusted: [] }, ${JSON.stringify(context)});
console.log(performance.now() - start);`,
  `const start = performance.now();
const { Language, Parser } = await import(${JSON.stringify(require.resolve('web-tree-sitter'))});
await Parser.init();
const parser = new Parser();
parser.setLanguage(await Language.load(${JSON.stringify(GRAMMAR)}));
console.log(performance.now() - start);
parser.parse('ls -la | head');
console.log(performance.now() - start);`,
]);
const size = Math.round(statSync(bundle).size / 1024);
rmSync(folder, { recursive: true, force: true });

const row = (name, mine, other, unit, target) =>
  `| ${name} | ${mine.toFixed(1)} ${unit} | ${other.toFixed(1)} ${unit} | ` +
  `${(other / mine).toFixed(1)} x | ${target} |`;
console.log(
  [
    `${lines.length} lines, ${ROUNDS} rounds after ${WARM_UP} to warm up, Node ${process.version}, ` +
      `bundle ${size} KB (not minified)`,
    '',
    '| | Checkrein: whole decision | tree-sitter-bash: parse, visit every node | ratio | target |',
    '|---|---|---|---|---|',
    row('per line, median', ours.p50, theirs.p50, 'µs', '< 50 µs'),
    row('per line, p99', ours.p99, theirs.p99, 'µs', '< 1000 µs'),
    row('single runs, p99', ours.single, theirs.single, 'µs', '< 1000 µs'),
    row('cold load', cold, treeCold, 'ms', '< 15 ms'),
    row('cold load and first answer', first, treeFirst, 'ms', ''),
    row('worst hostile line of 10,000 characters', hostile.ms, treeHostile.ms, 'ms', '< 100 ms'),
    '',
    `Worst lines: ${hostile.name} here, ${treeHostile.name} there. The parser in the left column alone ` +
      `(unbash, no walk): ${parserAlone.p50.toFixed(1)} µs median, ${parserAlone.p99.toFixed(1)} µs p99.`,
  ].join('\n'),
);
const missed = ours.p50 > 50 || ours.single > 1000 || cold > 15 || hostile.ms > 100;
const behind =
  ours.p50 > theirs.p50 || ours.p99 > theirs.p99 || cold > treeCold || hostile.ms > treeHostile.ms;
process.exitCode = missed || behind ? 1 : 0;
