import { gitVerbAt } from '../gitOptions';
import type { Suspect } from './destruction';

type Test = (args: readonly string[]) => string | undefined;

/** Branches that many people build on; a forced push to one rewrites their history. */
const SHARED_BRANCH =
  /^(?:(?:refs\/)?heads\/)?(?:main|master|trunk|develop|dev|production|prod|staging|release(?:[/-].*)?|stable|HEAD|@|.*\*.*|)$/;

/** Why a command takes away history or running systems; undefined when it does not. */
export function teardownReason({ name, args }: Suspect): string | undefined {
  return TESTS.get(name)?.(args);
}

/** True when commands of this name can take anything away; most cannot. */
export function mayTearDown(name: string): boolean {
  return TESTS.has(name);
}

function gitReason(args: readonly string[]): string | undefined {
  const [verb, ...rest] = args.slice(gitVerbAt(args));
  const has = (flag: RegExp): boolean => rest.some(arg => flag.test(arg));
  switch (verb) {
    case 'push':
      return pushReason(rest);
    case 'reset':
      return has(/^--ha?r?d?$/) ? 'git reset --hard discards uncommitted work' : undefined;
    case 'clean':
      return has(/^-[a-zA-Z]*[fi]|^--[fi]/) && !has(/^-[a-zA-Z]*n|^--dry/)
        ? 'git clean deletes files that git does not know'
        : undefined;
    case 'filter-branch':
    case 'filter-repo':
      return 'it rewrites the history of the repository';
    case 'reflog':
      return has(/^(?:expire|delete)$/) ? 'it removes the way back to lost commits' : undefined;
    case 'gc':
      return has(/^--pr/) ? 'it removes the way back to lost commits' : undefined;
    case 'prune':
      return has(/^(?:-n|--dry-run)$/) ? undefined : 'it removes the way back to lost commits';
    case 'stash':
      return rest[0] === 'clear' ? 'it drops all stashed work' : undefined;
    case 'update-ref':
      return has(/^(?:-d|--stdin)$/) ? 'it removes a reference' : undefined;
    case 'branch':
      return has(/^(?:-[a-zA-Z]*D|--de|-[a-zA-Z]*d)/) && rest.some(arg => SHARED_BRANCH.test(arg))
        ? 'it deletes a shared branch'
        : undefined;
    case 'checkout':
    case 'switch':
      return has(/^-[a-zA-Z]*f|^--(?:fo|di)/) ? 'it discards uncommitted work' : undefined;
    case 'worktree':
      return rest[0] === 'remove' && has(FORCED) ? 'it discards uncommitted work' : undefined;
    case 'submodule':
      return rest.includes('deinit') && has(FORCED) ? 'it discards uncommitted work' : undefined;
    case 'rm':
      return has(/^(?::(?:\/|\([^)]*\))?)?(?:\.{0,2}\/?|\*)$/) &&
        !has(/^--c/) &&
        !has(/^(?:-n|--dry-run)$/)
        ? 'it removes every file of the repository'
        : undefined;
    default:
      return undefined;
  }
}

const FORCED = /^-[a-zA-Z]*f|^--f/;

function pushReason(args: readonly string[]): string | undefined {
  const operands = args.filter(arg => !arg.startsWith('-'));
  const refs = operands.slice(1);
  const shared = refs.some(ref =>
    SHARED_BRANCH.test(ref.replace(/^\+/, '').split(':').at(-1) ?? ''),
  );
  const forced = args.some(
    arg => (/^-[a-zA-Z]*f/.test(arg) && !arg.startsWith('--')) || /^--forc?e?$|^--fo?$/.test(arg),
  );
  const lease = args.some(arg => /^--force-w|^--force-i/.test(arg));
  const plus = refs.some(ref => ref.startsWith('+'));
  if (args.some(arg => /^--mi?r?r?o?r?$|^--pru/.test(arg)))
    return 'it makes the remote equal to this copy';
  if (forced && (refs.length === 0 || shared))
    return 'a forced push rewrites the history of others';
  if ((plus || lease) && shared) return 'a forced push rewrites the history of others';
  const deletes =
    args.some(arg => /^(?:-[a-zA-Z]*d|--dele?t?e?|--de)$/.test(arg)) ||
    refs.some(ref => ref.startsWith(':'));
  return deletes && (shared || refs.some(ref => SHARED_BRANCH.test(ref.slice(1))))
    ? 'it deletes a shared branch'
    : undefined;
}

const destroys: Test = args =>
  args.some(arg => /^-{0,2}destroy$/.test(arg)) ? 'destroy tears down what runs' : undefined;

/** A test that all of `words` occur among the first few arguments, in order. */
function sequence(reason: string, ...sequences: readonly (readonly RegExp[])[]): Test {
  return args => {
    const plain = args.filter(arg => !arg.startsWith('-'));
    const hit = sequences.some(words => {
      let at = 0;
      return words.every(word => {
        while (at < plain.length && !word.test(plain[at] ?? '')) at += 1;
        at += 1;
        return at <= plain.length;
      });
    });
    return hit ? reason : undefined;
  };
}

const CLOUD = 'it tears down cloud resources';

const aws: Test = args => {
  const plain = args.filter(arg => !arg.startsWith('-'));
  const [service, verb = ''] = plain;
  if (service === 's3') {
    const whole = args.some(arg => /^--(?:recursive|force)$/.test(arg));
    return (verb === 'rb' || verb === 'rm') && whole ? CLOUD : undefined;
  }
  return /^(?:terminate-|delete-(?:db|stack|bucket|cluster|table|function|user|role|vpc|volume|snapshot|secret|repository|hosted-zone|nodegroup|file-system|key|log-group|queue|topic|stream|domain|account))/.test(
    verb,
  ) || /^schedule-key-deletion$/.test(verb)
    ? CLOUD
    : undefined;
};

const sqlClient: Test = args =>
  args.some(
    arg =>
      /\b(?:drop\s+(?:database|schema|table|user)|truncate\s+(?:table\s+)?\w|flushall|flushdb|dropDatabase)\b/i.test(
        arg,
      ) || /\bdelete\s+from\s+\w+\s*;?\s*$/i.test(arg),
  )
    ? 'it drops data'
    : undefined;

const docker: Test = args =>
  sequence(
    'it removes what containers keep',
    [/^system$/, /^prune$/],
    [/^volume$/, /^prune$/],
  )(args) ??
  (args.includes('volume') && args.includes('rm') ? 'it removes what containers keep' : undefined);

const TESTS: ReadonlyMap<string, Test> = new Map(
  Object.entries<Test>({
    git: gitReason,
    cdk: destroys,
    cdktf: destroys,
    sam: sequence(CLOUD, [/^delete$/]),
    terraform: destroys,
    terragrunt: destroys,
    tofu: destroys,
    pulumi: args => destroys(args) ?? sequence(CLOUD, [/^stack$/, /^rm$/])(args),
    sst: sequence(CLOUD, [/^remove$/]),
    serverless: sequence(CLOUD, [/^remove$/]),
    sls: sequence(CLOUD, [/^remove$/]),
    amplify: sequence(CLOUD, [/^delete$/]),
    copilot: sequence(CLOUD, [/^delete$/]),
    eb: sequence(CLOUD, [/^terminate$/]),
    eksctl: sequence(CLOUD, [/^delete$/]),
    aws,
    gcloud: sequence(CLOUD, [
      /^(?:projects|instances|clusters|databases|buckets|services|sql)$/,
      /^delete$/,
    ]),
    gsutil: args =>
      args.includes('rb') || (args.includes('rm') && args.some(arg => /^-[a-z]*r/i.test(arg)))
        ? CLOUD
        : undefined,
    az: sequence(CLOUD, [/^(?:group|vm|aks|account|webapp|keyvault)$/, /^delete$/]),
    kubectl: args =>
      args.includes('delete') &&
      args.some(arg => /^(?:ns|namespaces?|--all|-A|--all-namespaces|pv|pvc|crds?)$/.test(arg))
        ? CLOUD
        : undefined,
    heroku: sequence(CLOUD, [/^(?:apps|pg|addons):(?:destroy|reset)$/]),
    fly: sequence(CLOUD, [/^apps$/, /^destroy$/], [/^destroy$/]),
    flyctl: sequence(CLOUD, [/^apps$/, /^destroy$/], [/^destroy$/]),
    doctl: sequence(CLOUD, [/^(?:delete|rm)$/]),
    gh: args =>
      (args.includes('api') && /(?:^| )(?:-X ?|--method[ =])delete\b/i.test(args.join(' '))) ||
      (args.includes('repo') && args.includes('delete'))
        ? 'it deletes a repository, or what belongs to one'
        : undefined,
    npm: sequence('it takes back what others depend on', [/^unpublish$/]),
    wrangler: sequence(CLOUD, [/^delete$/]),
    docker,
    podman: docker,
    psql: sqlClient,
    mysql: sqlClient,
    mariadb: sqlClient,
    sqlite3: sqlClient,
    mongosh: sqlClient,
    mongo: sqlClient,
    'redis-cli': sqlClient,
    sqlcmd: sqlClient,
    dropdb: () => 'it drops a database',
  }),
);
