/** A source of numbers that gives the same sequence for the same seed (mulberry32). */
export type Random = (below: number) => number;

export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return below => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * below);
  };
}

const pick = <T>(random: Random, from: readonly T[]): T => from[random(from.length)] as T;

/** Commands that are allowed by themselves. They read the scratch folder and nothing else. */
const HARMLESS = [
  ...[
    'ls',
    'ls -la',
    'pwd',
    'echo a',
    'echo "a b"',
    "echo 'a;b'",
    'cat f1',
    'head -1 f1',
    'tail f2',
  ],
  ...[
    'grep a f1',
    "grep -n 'x|y' f1 f2",
    'find . -name f1',
    "find . -type f -name '*1'",
    'which ls',
  ],
  ...[
    'tool',
    'tool run --flag=x',
    'tool "a b" c',
    "tool 'a && b'",
    'ls *',
    'echo f{1,2}',
    'cat < f1',
  ],
  ...['ls 2>/dev/null', 'tool 2>&1', 'echo $HOME', 'echo "$x"', 'echo ${x:-y}', 'echo $((1+2))'],
];

/** Ways to name the stub. */
const NAMES = [
  ...['pwn', 'pwn', 'pwn', "'pwn'", '"pwn"', 'p\\wn', 'p"w"n', "p''wn", "$'pwn'", "$'\\x70wn'"],
  ...['\\pwn', './bin/pwn', '$(echo pwn)', '`echo pwn`', '{pwn,}', '$p', '${p}', '${x:-pwn}'],
  ...[
    'p\\\nwn',
    '"p"wn',
    'pw?',
    '=pwn',
    '$"pwn"',
    'pwn x',
    'pwn -a "b"',
    'pwn<f1',
    '>/dev/null pwn',
  ],
];

/** What runs a command that follows it. */
const PREFIXES = [
  ...[
    '',
    '',
    '',
    '',
    'command ',
    'exec ',
    'env ',
    'eval ',
    'builtin eval ',
    '! ',
    'time ',
    'noglob ',
  ],
  ...['env -i ', 'env -u tool ', 'env --unset tool ', 'env -iu tool ', 'env -- ', 'env - '],
  ...['env --chdir . ', 'env -S ', 'env -v ', 'timeout 5 ', 'timeout -k 1 5 ', 'timeout -s tool '],
  ...['timeout --signal=KILL 5 ', 'timeout {5,tool} ', 'nice ', 'nice -n 5 ', 'nice -5 tool '],
  ...['nice --adjustment 5 ', 'stdbuf -oL ', 'stdbuf -o L ', 'setsid -w ', 'setsid --wait '],
  ...['xargs ', 'xargs -a f1 ', 'xargs --arg-file f1 ', 'xargs -0n1 ', 'xargs -I tool '],
  ...['A=1 ', 'env A=1 ', 'coproc ', '- ', 'nocorrect ', 'repeat 1 ', 'x=1 y=2 ', '>f9 ', '2>&1 '],
];

type Wrap = (inner: string, harmless: string) => string;

/** A function never calls itself: with a pipe in it, that would fill the machine with processes. */
function define(inner: string, make: (name: string) => string): string {
  const name = ['ls', 'cat', 'pwd', 'tail', 'f'].find(candidate => !inner.includes(candidate));
  return name === undefined ? inner : make(name);
}

/** Structures that run what is in them, or only look as if they did. */
const WRAPS: readonly Wrap[] = [
  ...[';', '&&', '||', '|', '&', '|&', '\n', ' ;', ' && ', ' || ', ' | ', ' & ', '\n\n'].flatMap(
    operator => [
      (x: string, s: string) => `${s}${operator}${x}`,
      (x: string, s: string) => `${x}${operator}${s}`,
    ],
  ),
  x => `echo $(${x})`,
  x => `echo "$(${x})"`,
  x => `echo \`${x}\``,
  x => `echo "\`${x}\`"`,
  x => `cat <(${x})`,
  x => `echo a > >(${x})`,
  x => `ls =(${x})`,
  x => `echo \${x:-$(${x})}`,
  x => `echo "\${x:-\`${x}\`}"`,
  x => `echo \${x:=$(${x})}`,
  x => `echo \${x/a/$(${x})}`,
  x => `echo \${a[$(${x})]}`,
  x => `echo $((a[$(${x})]))`,
  x => `echo $(( $(${x}) + 1 ))`,
  x => `echo $[ $(${x}) ]`,
  x => `echo "$\\\n(${x})"`,
  x => `echo $'a' $(${x})`,
  x => `echo $'\\'; ${x}; echo \\''`,
  x => `cat <<EOF\n$(${x})\nEOF`,
  x => `cat <<EOF\n\`${x}\`\nEOF`,
  x => `cat <<'EOF'\n$(${x})\nEOF`,
  x => `cat <<'EOF' | sh\n${x}\nEOF`,
  x => `cat <<A\nb\nA\n${x}`,
  x => `cat <<-A\n\tb\n\tA\n${x}`,
  x => `sh <<'EOF'\n${x}\nEOF`,
  x => `cat <<< "$(${x})"`,
  x => `sh <<< '${x}'`,
  x => `sh -c '${x}'`,
  x => `sh -c "${x}"`,
  x => `echo '${x}' | sh`,
  x => `(${x})`,
  x => `( ${x} )`,
  x => `{ ${x}; }`,
  x => `{ ${x}\n}`,
  x => `if ${x}; then :; fi`,
  x => `if ls; then ${x}; else ${x}; fi`,
  x => `for i in a; do ${x}; done`,
  x => `for i in $(${x}); do ls; done`,
  x => `for i (a) ${x}`,
  x => `while ${x}; do break; done`,
  x => `until ${x}; do break; done`,
  x => `case a in a) ${x};; esac`,
  x => `case $(${x}) in a) ls;; esac`,
  x => define(x, name => `${name}() { ${x}; }; ${name}`),
  x => define(x, name => `function ${name} { ${x}; }; ${name}`),
  x => define(x, name => `${name}() { ${x}\n}\n${name} | ${name}`),
  x => `trap '${x}' EXIT; ls`,
  x => `alias ls='${x}'\nls`,
  x => `[[ -n $(${x}) ]]`,
  x => `[[ -v a[$(${x})] ]]`,
  x => `test -v 'a[$(${x})]'`,
  x => `printf -v 'a[$(${x})]' x`,
  x => `(( a[$(${x})] ))`,
  x => `let 'a[$(${x})]=1'`,
  x => `a=(1 $(${x})); ls`,
  x => `a[$(${x})]=1 ls`,
  x => `x=$(${x}) ls`,
  x => `declare x=$(${x})`,
  x => `x='$(${x})'; echo \${x@P}`,
  x => `x='$(${x})'; eval echo $x`,
  x => `echo \${(e):-'$(${x})'}`,
  x => `ls *(e:'${x}':)`,
  x => `ls *(e{'${x}'})`,
  x => `find . -name f1 -exec ${x} \\;`,
  x => `find . -maxdepth 0 -exec sh -c '${x}' ';'`,
  x => `echo a | xargs ${x}`,
  x => `ls &! ${x}`,
  x => `ls &| ${x}`,
  x => `ls # a\n${x}`,
  x => `ls # \\\n${x}`,
  x => `ls > $(${x})`,
  x => `ls 2>/dev/null >"$(${x})"`,
  x => `ls \\\n; ${x}`,
  x => `ls &\\\n& ${x}`,
  x => `echo "a" "b"; ${x} "c"`,
  x => `echo 'a'\\''b'; ${x}`,
  x => `if [[ 1 ]] { ${x} }`,
  x => `if (ls) ${x}`,
  x => `() { ${x} }`,
  x => `{ ls } always { ${x} }`,
  x => `select i in a; do ${x}; break; done < f1`,
  x => `tool $(${x})`,
  x => `tool "$(${x})"`,
  x => `tool x <(${x})`,
  x => `tool 'a' ${x}`,
  x => `echo '${x}'`,
  x => `echo "; ${x}"`,
  x => `echo \\; ${x}`,
  x => `echo a#; ${x}`,
  x => `grep '$(${x})' f1`,
  x => `echo "\${x:-'$(${x})'}"`,
  x => `echo "\${x%'$(${x})'}"`,
  x => `echo "\${x//'$(${x})'/a}"`,
  x => `echo \${x:-'$(${x})'}`,
  x => `echo \${x:-\\$(${x})}`,
  x => `echo "\${x:-"$(${x})"}"`,
  x => `echo "$(echo '$(${x})')"`,
  x => `echo "$(cat <<EOF\n$(${x})\nEOF\n)"`,
  x => `cat <<EOF\n\${x:-'$(${x})'}\nEOF`,
  x => `cat <<"E"\n\nE\n${x}`,
  x => `echo a \\\n; ${x}`,
  x => `echo a 2>&1>f9 ; ${x}`,
  x => `ls <(${x}) <(ls)`,
  x => `echo {a,$(${x})}`,
  x => `echo ~$(${x})`,
  x => `echo "\\$(${x})"`,
  x => `echo "\\\\$(${x})"`,
  x => `echo $'a\\'b'$(${x})'`,
  x => `PATH=bin:$PATH; ${x}`,
];

/** Characters that change what a line means when they turn up or go missing. */
const NOISE = [
  ...['\\\n', "'", '"', '`', '$', '(', ')', '{', '}', ';', '&', '|', '\n', '\\', '#', '!', ' '],
  ...['<', '>', '*', '[', ']', '~', '=', '\t', '@', '^', "''", '""', '$(', '<(', '<<', '2>', ','],
];

/** One line with the stub somewhere in it: run, or only mentioned. */
export function generateLine(random: Random): string {
  let line = pick(random, PREFIXES) + pick(random, NAMES);
  const layers = 1 + random(3);
  for (let layer = 0; layer < layers; layer += 1) {
    line = pick(random, WRAPS)(line, pick(random, HARMLESS));
  }
  const mutations = random(3) === 0 ? 1 + random(3) : 0;
  for (let count = 0; count < mutations; count += 1) line = mutate(line, random);
  return line;
}

function mutate(line: string, random: Random): string {
  const at = random(line.length + 1);
  switch (random(4)) {
    case 0:
      return line.slice(0, at) + line.slice(at + 1);
    case 1:
      return line.slice(0, at) + line.slice(at, at + 2 + random(6)) + line.slice(at);
    default:
      return line.slice(0, at) + pick(random, NOISE) + line.slice(at);
  }
}
