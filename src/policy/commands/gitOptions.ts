/** Options of git that stand before the subcommand and take the next argument as their value. */
const VALUED =
  /^(?:-C|-c|--(?:git-dir|work-tree|namespace|exec-path|config-env|super-prefix|attr-source|shallow-file))$/;

/** Where the subcommand stands among the arguments of git; their number when there is none. */
export function gitVerbAt(args: readonly string[]): number {
  let index = 0;
  while (args[index]?.startsWith('-')) index += VALUED.test(args[index] ?? '') ? 2 : 1;
  return Math.min(index, args.length);
}
