/** Runs one subcommand: parses its arguments, prints its help, turns failures into one line and an exit code. */
import type { Readable } from "node:stream";
import { parseArgs, type ParseArgsConfig } from "node:util";
import { ModelError } from "../engine/model-error.ts";
import { UsageError, UserError } from "./user-error.ts";

/** Where a command reads its environment and writes its text. */
export interface Terminal {
  env: Readonly<Record<string, string | undefined>>;
  /** Read only by commands that say so. */
  stdin: Readable;
  /** Results, one line a call. */
  print: (line: string) => void;
  /** Notes and progress: never part of the result. */
  stderr: { write: (text: string) => unknown; isTTY?: boolean; columns?: number };
}

export interface Command {
  /** One line for the list of commands. */
  summary: string;
  /** Printed by `--help` after the usage line. */
  help: string;
  /** Names of the positional arguments; those in `[brackets]` may be left out, and stand last. */
  positionals: readonly string[];
  options: NonNullable<ParseArgsConfig["options"]>;
  run: (args: CommandArguments, terminal: Terminal) => Promise<void>;
}

export interface CommandArguments {
  positionals: readonly string[];
  /** Values of the options that were given. */
  options: Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;
}

const PROGRAM = "npm run tools --";

/**
 * Runs `argv`, without node and script, with the commands of a table.
 * @returns the exit code: 0 done, 1 failed, 2 the command line was not understood
 */
export async function runCommandLine(
  commands: Readonly<Record<string, Command>>,
  argv: readonly string[],
  terminal: Terminal,
): Promise<0 | 1 | 2> {
  const [name, ...rest] = argv;
  if (name === "--help" || name === "-h" || name === "help") {
    terminal.print(overview(commands));
    return 0;
  }
  const command = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (name === undefined || command === undefined) {
    const problem = name === undefined ? "Name a command." : `There is no command "${name}".`;
    terminal.stderr.write(`${problem}\n\n${overview(commands)}\n`);
    return 2;
  }
  try {
    const args = parse(command, rest);
    if (args.options["help"]) terminal.print(`${usage(name, command)}\n\n${command.help}`);
    else await command.run(args, terminal);
    return 0;
  } catch (error) {
    if (error instanceof UsageError) {
      terminal.stderr.write(`${error.message}\n${usage(name, command)}\n`);
      terminal.stderr.write(`\`${PROGRAM} ${name} --help\` says more.\n`);
      return 2;
    }
    terminal.stderr.write(`${name}: ${describe(error)}\n`);
    return 1;
  }
}

function parse(command: Command, argv: string[]): CommandArguments {
  const help = { type: "boolean", short: "h" } as const;
  let parsed;
  try {
    parsed = parseArgs({
      args: argv,
      options: { ...command.options, help },
      allowPositionals: true,
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  const { values: options, positionals } = parsed;
  if (options["help"]) return { positionals, options };
  const missing = command.positionals[positionals.length];
  if (missing !== undefined && !missing.startsWith("["))
    throw new UsageError(`${missing} is missing.`);
  const extra = positionals[command.positionals.length];
  if (extra !== undefined) throw new UsageError(`"${extra}" is one argument too many.`);
  return { positionals, options };
}

function usage(name: string, command: Command): string {
  const options = Object.entries(command.options).map(([option, { type }]) =>
    type === "boolean" ? `[--${option}]` : `[--${option} ${option.toUpperCase()}]`,
  );
  return ["Usage:", PROGRAM, name, ...command.positionals, ...options].join(" ");
}

function overview(commands: Readonly<Record<string, Command>>): string {
  const width = Math.max(...Object.keys(commands).map((name) => name.length));
  const lines = Object.entries(commands).map(
    ([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`,
  );
  return [
    `Usage: ${PROGRAM} COMMAND [ARGUMENTS]`,
    "",
    ...lines,
    "",
    `\`${PROGRAM} COMMAND --help\` explains a command.`,
  ].join("\n");
}

/** One line for what the user can mend, the stack for what only we can. */
function describe(error: unknown): string {
  if (error instanceof UserError || error instanceof ModelError) return error.message;
  if (!(error instanceof Error)) return String(error);
  switch ((error as NodeJS.ErrnoException).code) {
    case "ENOSPC":
    case "EDQUOT":
      return `the disk is full (${error.message}). Free some space and run the command again.`;
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return `no permission (${error.message}). Choose a folder that may be written.`;
    case undefined:
      return error.stack ?? error.message;
    default:
      return error.message;
  }
}
