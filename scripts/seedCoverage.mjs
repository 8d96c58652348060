// Lists the tests of the vendor's documents: prints docs/seed-coverage.md, made from the names of the
// tests in test/golden/seeds. A golden test compares it with the file (vitest -u writes it anew).
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const FOLDER = join(import.meta.dirname, '..', 'test', 'golden', 'seeds');
/** Statements whose subject the product does not have, with the reason. */
const NOT_OURS = JSON.parse(readFileSync(join(FOLDER, 'notOurs.json'), 'utf8'));

/** Every test of a file: the document, its section and the sentence. */
function testsOf(file) {
  const text = readFileSync(join(FOLDER, file), 'utf8');
  const tests = [];
  const visit = (node, path) => {
    const call = ts.isCallExpression(node) ? node.expression.getText() : '';
    if (/^(?:describe|it|test)\b/.test(call)) {
      const [title, body] = node.arguments;
      if (!ts.isStringLiteralLike(title) || !/^(?:describe|it)$/.test(call)) {
        throw new Error(`${file}: every test must run and have its name in the source: ${call}`);
      }
      if (call === 'describe') descend(body, [...path, title.text]);
      else tests.push({ path, sentence: title.text });
    } else descend(node, path);
  };
  // Without a result: a truthy one would end the walk.
  const descend = (node, path) =>
    ts.forEachChild(node, child => {
      visit(child, path);
    });
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true), []);
  if (tests.length === 0) throw new Error(`${file} has no tests`);
  return tests;
}

/** Markdown signs in a name stand for themselves. */
function plain(text) {
  return text.replace(/[\\`*_<>[\]|~]/g, '\\$&');
}

function section(file) {
  const tests = testsOf(file);
  const [document] = tests[0].path;
  const line = ({ path, sentence }) =>
    `- ${path.slice(1).map(plain).concat(plain(sentence)).join(': ')}`;
  const notOurs = NOT_OURS.filter(one => one.document === document);
  return [
    `## ${document}`,
    `\`test/golden/seeds/${file}\`: ${tests.length} tested.`,
    tests.map(line).join('\n'),
    ...(notOurs.length > 0
      ? [
          '### Not in the product',
          notOurs.map(({ sentence, reason }) => `- ${plain(sentence)}: ${reason}.`).join('\n'),
        ]
      : []),
  ].join('\n\n');
}

const files = readdirSync(FOLDER)
  .filter(name => name.endsWith('.test.ts'))
  .sort();
if (files.length === 0) throw new Error(`there are no tests in ${FOLDER}`);
const head = `# What the vendor's documents state, and the tests that hold it

Made from the names of the tests in \`test/golden/seeds\` by \`npm run seed-coverage\`; do not edit. A test's name quotes the
sentence or says it in few words. Statements about what the product does not have stand in
\`test/golden/seeds/notOurs.json\`, with the reason.`;
const documents = files.map(file => testsOf(file)[0].path[0]);
for (const { document } of NOT_OURS) {
  if (!documents.includes(document)) throw new Error(`no tests are of a document "${document}"`);
}
console.log([head, ...files.map(section)].join('\n\n'));
