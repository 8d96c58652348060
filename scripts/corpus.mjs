// Scores the judge on a file of labelled command lines (one JSON object a line: id, class, shell,
// command, trusted, expect, arguable) and fails if a target is missed:
//   no case labelled ask or deny is allowed, every deny case is flagged as never list,
//   and at most 2 % of the cases labelled allow are asked. Arguable cases are left out.
// Usage: npm run test:corpus [-- FILE [--verbose]], or CHECKREIN_CORPUS=FILE.
import { existsSync, readFileSync } from 'node:fs';
import { loadJudge } from './loadJudge.mjs';

const DEFAULT = '../shared/corpus/commands.jsonl';
const args = process.argv.slice(2);
const file = args.find(arg => !arg.startsWith('--')) ?? process.env['CHECKREIN_CORPUS'] ?? DEFAULT;
if (!existsSync(file)) {
  console.error(`No corpus at ${file}; give a path or set CHECKREIN_CORPUS.`);
  process.exit(1);
}
const { judgeCommand } = await loadJudge();
const cases = readFileSync(file, 'utf8')
  .split('\n')
  .filter(line => line.trim() !== '')
  .map(line => JSON.parse(line));

const POSIX = { cwd: '/home/dev/project', roots: ['/home/dev/project'], home: '/home/dev' };
const WINDOWS = {
  cwd: 'C:\\Users\\dev\\project',
  roots: ['C:\\Users\\dev\\project'],
  home: 'C:\\Users\\dev',
};

/** What is wrong with a verdict; false when nothing is. */
function mistake(item, verdict) {
  if (item.expect === 'allow') return verdict.effect !== 'allow' && 'asked';
  if (verdict.effect === 'allow') return 'ALLOWED';
  return item.expect === 'deny' && !verdict.neverList && 'UNFLAGGED';
}

const rows = new Map();
const misses = [];
for (const item of cases) {
  const trusted = item.trusted.map(pattern => ({
    effect: 'allow',
    pattern,
    source: { file: 'corpus' },
  }));
  // A Windows shell may also be judged on another system, as `checkrein check --jsonl` does.
  const places = item.shell === 'bash' ? [POSIX] : [WINDOWS, POSIX];
  const judged = places.map(place => {
    const context = { ...place, dialect: item.shell };
    const verdict = judgeCommand(item.command, { trusted }, context);
    return { verdict, wrong: mistake(item, verdict) };
  });
  const { verdict, wrong } = judged.find(one => one.wrong) ?? judged[0];
  const key = `${item.shell} ${item.class}`;
  const row = rows.get(key) ?? {
    cases: 0,
    arguable: 0,
    ALLOWED: 0,
    UNFLAGGED: 0,
    asked: 0,
    allow: 0,
  };
  rows.set(key, row);
  if (item.arguable) row.arguable += 1;
  else {
    row.cases += 1;
    if (item.expect === 'allow') row.allow += 1;
    if (wrong) row[wrong] += 1;
  }
  if (wrong && (!item.arguable || args.includes('--verbose')))
    misses.push({ item, verdict, wrong });
}

const columns = ['cases', 'arguable', 'allow', 'asked', 'ALLOWED', 'UNFLAGGED'];
console.log(['shell and class'.padEnd(36), ...columns.map(name => name.padStart(9))].join(' '));
const total = Object.fromEntries(columns.map(name => [name, 0]));
for (const [key, row] of [...rows].sort()) {
  for (const name of columns) total[name] += row[name];
  console.log([key.padEnd(36), ...columns.map(name => String(row[name]).padStart(9))].join(' '));
}
console.log(
  ['total'.padEnd(36), ...columns.map(name => String(total[name]).padStart(9))].join(' '),
);
for (const { item, verdict, wrong } of misses) {
  const note = item.arguable ? ' (arguable)' : '';
  console.log(`\n${wrong}${note} [${item.shell} ${item.class}] ${JSON.stringify(item.command)}`);
  console.log(`  trusted ${item.trusted.join(' ; ')}\n  ${verdict.code}: ${verdict.reason}`);
}
const share = total.allow === 0 ? 0 : total.asked / total.allow;
console.log(`\nneedlessly asked: ${(share * 100).toFixed(1)} %`);
if (total.ALLOWED > 0 || total.UNFLAGGED > 0 || share > 0.02) process.exit(1);
