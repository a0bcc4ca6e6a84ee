import { type Command, type CommandEntry, exitCode, UsageError } from "./command.ts";
import { say } from "./terminal.ts";

/** What a shell offers behind a command. */
interface Offered {
  readonly name: string;
  readonly summary: string;
  /** Words of its own, such as `list` of `failed list`. */
  readonly words: ReadonlyArray<string>;
  readonly options: ReadonlyArray<string>;
}

const unique = (texts: ReadonlyArray<string>): ReadonlyArray<string> => [...new Set(texts)];

const optionPattern = /--[a-z][a-z-]*[a-z]/g;

/** A help text names each option in its usage or at the begin of a line, and each word of its own in its usage. */
const offeredBy = (name: string, { summary, help }: Command): Offered => {
  const [usage = ""] = help.trim().split("\n\n");
  const described = help.split("\n").filter((line) => /^ {2,}--/.test(line));
  return {
    name,
    summary,
    words: unique(
      [...usage.matchAll(new RegExp(`npx floodgate ${name} ([a-z|]+)`, "g"))].flatMap(([, word = ""]) =>
        word.split("|"),
      ),
    ),
    options: unique([
      ...(usage.match(optionPattern) ?? []),
      ...described.flatMap((line) => line.match(optionPattern)?.[0] ?? []),
      "--help",
    ]),
  };
};

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

const namesOf = (all: ReadonlyArray<Offered>): string => all.map(({ name }) => name).join(" ");

const bash = (all: ReadonlyArray<Offered>): string =>
  [
    "_floodgate() {",
    "  local name offered",
    '  read -r _ name _ <<< "$COMP_LINE"',
    '  if [ "$COMP_CWORD" -eq 1 ]; then',
    `    offered=${quoted(namesOf(all))}`,
    "  else",
    '    case "$name" in',
    ...all.map(({ name, words, options }) => `      ${name}) offered=${quoted([...words, ...options].join(" "))} ;;`),
    "    esac",
    "  fi",
    '  COMPREPLY=($(compgen -W "$offered" -- "$2"))',
    "}",
    "complete -o default -F _floodgate floodgate",
  ].join("\n");

const zsh = (all: ReadonlyArray<Offered>): string =>
  [
    "#compdef floodgate",
    "_floodgate() {",
    "  if (( CURRENT == 2 )); then",
    "    local -a names=(",
    ...all.map(({ name, summary }) => `      ${quoted(`${name}:${summary.replaceAll(":", "\\:")}`)}`),
    "    )",
    "    _describe command names",
    "  else",
    '    case "$words[2]" in',
    ...all.map(({ name, words, options }) => `      ${name}) compadd -- ${[...words, ...options].join(" ")} ;;`),
    "    esac",
    "    _files",
    "  fi",
    "}",
    "compdef _floodgate floodgate",
  ].join("\n");

const fish = (all: ReadonlyArray<Offered>): string =>
  all
    .flatMap(({ name, summary, words, options }) => [
      `complete -c floodgate -n __fish_use_subcommand -f -a ${name} -d ${quoted(summary)}`,
      ...words.map((word) => `complete -c floodgate -n "__fish_seen_subcommand_from ${name}" -f -a ${word}`),
      ...options.map(
        (option) => `complete -c floodgate -n "__fish_seen_subcommand_from ${name}" -l ${option.slice(2)}`,
      ),
    ])
    .join("\n");

const shells: Readonly<Record<string, (all: ReadonlyArray<Offered>) => string>> = { bash, zsh, fish };

type Commands = Readonly<Record<string, CommandEntry>>;

const offeredByAll = (commands: Commands): Promise<ReadonlyArray<Offered>> =>
  Promise.all(Object.entries(commands).map(async ([name, { load }]) => offeredBy(name, (await load()).command)));

/** `floodgate completion`, of all commands. */
export const completionOf = (commands: Commands): Command => ({
  summary: "print what makes a shell complete commands and options",
  help: `
Usage: npx floodgate completion bash|zsh|fish

Prints a script for the shell; it completes \`floodgate\`, so node_modules/.bin has to be in the PATH.

Examples:
  source <(npx floodgate completion bash)
  npx floodgate completion fish > ~/.config/fish/completions/floodgate.fish
`,
  run: async ([shell = "", ...others]) => {
    const write = Object.hasOwn(shells, shell) ? shells[shell] : undefined;
    if (write === undefined || others.length > 0) {
      throw new UsageError(`name one shell: ${Object.keys(shells).join(", ")}`);
    }
    say(write(await offeredByAll(commands)));
    return exitCode.done;
  },
});
