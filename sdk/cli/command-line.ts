/** The command line `rerank`: finds the command, prints help, turns failures into one line and an exit code. */
import { isRerankError } from "../errors.ts";
import packageJson from "../package.json" with { type: "json" };
import { batchCommand } from "./batch/index.ts";
import { parseCommand, type Command } from "./command.ts";
import { CommandError, UsageError } from "./failure.ts";
import { infoCommand } from "./info.ts";
import { rerankCommand } from "./rerank.ts";
import { scoreCommand } from "./score.ts";
import type { Terminal } from "./terminal.ts";

const COMMANDS: Readonly<Record<string, Command>> = {
  rerank: rerankCommand,
  score: scoreCommand,
  batch: batchCommand,
  info: infoCommand,
};

const PROGRAM = "rerank";

/** 0 done, 1 failed, 2 the command line was not understood, 130 interrupted. */
export type ExitCode = 0 | 1 | 2 | 130;

/** @param argv - Without the program's own name. */
export async function runCommandLine(
  argv: readonly string[],
  terminal: Terminal,
): Promise<ExitCode> {
  const { stdout, stderr, signal } = terminal;
  const [name = "--help", ...args] = argv;
  if (name === "--version" || name === "-v") {
    stdout.write(`${packageJson.version}\n`);
    return 0;
  }
  if (name === "--help" || name === "-h" || name === "help") {
    (argv.length === 0 ? stderr : stdout).write(overview());
    return argv.length === 0 ? 2 : 0;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    stderr.write(`There is no command "${name}".\n\n${overview()}`);
    return 2;
  }
  const usage = `Usage: ${PROGRAM} ${name} ${command.synopsis}`;
  try {
    const { values, files, help } = parseCommand(command, args);
    if (help) stdout.write(`${usage}\n\n${command.help}\n`);
    else await command.run(values, files, terminal);
    return 0;
  } catch (error) {
    if (signal.aborted) return 130;
    if (error instanceof UsageError) {
      stderr.write(
        `${error.message}\n${usage}\n\`${PROGRAM} ${name} --help\` explains the options.\n`,
      );
      return 2;
    }
    stderr.write(`${PROGRAM} ${name}: ${describe(error)}\n`);
    return 1;
  }
}

function overview(): string {
  const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length));
  const lines = Object.entries(COMMANDS).map(
    ([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`,
  );
  return `${[
    `Usage: ${PROGRAM} COMMAND [OPTIONS] [FILE...]`,
    "",
    ...lines,
    "",
    `\`${PROGRAM} COMMAND --help\` explains a command, \`${PROGRAM} --version\` tells the package's version.`,
    "Exit codes: 0 done, 1 failed, 2 the command line was not understood, 130 interrupted.",
  ].join("\n")}\n`;
}

/** One line for what the user can mend, the stack for what only we can. */
function describe(error: unknown): string {
  if (isRerankError(error))
    return error.requestId ? `${error.message} (request ${error.requestId})` : error.message;
  if (error instanceof CommandError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
