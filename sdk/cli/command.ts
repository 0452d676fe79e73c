/** One subcommand: what it takes, what it says about itself, what it does. */
import { parseArgs, type ParseArgsConfig } from "node:util";
import { UsageError } from "./failure.ts";
import type { Terminal } from "./terminal.ts";

type Options = NonNullable<ParseArgsConfig["options"]>;

/** Values of the options that were given, by name. */
export type Values<Own extends Options> = ReturnType<
  typeof parseArgs<{ options: Own; allowPositionals: true }>
>["values"];

export interface Command<Own extends Options = Options> {
  /** One line for the list of commands. */
  summary: string;
  /** What follows the command's name, such as `-q QUERY [FILE...]`. */
  synopsis: string;
  /** Printed by `--help` after the usage line. */
  help: string;
  options: Own;
  /** @throws UsageError, CommandError and RerankError for what the user can mend */
  run(values: Values<Own>, files: readonly string[], terminal: Terminal): Promise<void>;
}

/** A command whose options' types follow from their declarations. */
export function defineCommand<const Own extends Options>(command: Command<Own>): Command<Own> {
  return command;
}

/** @throws UsageError for options that the command does not have or that lack their value */
export function parseCommand<Own extends Options>(
  command: Command<Own>,
  args: readonly string[],
): { values: Values<Own>; files: string[]; help: boolean } {
  if (args.some((arg) => /^--api-key(=|$)/.test(arg)))
    throw new UsageError(
      "A key on the command line would be kept in your shell's history: set RERANK_API_KEY, or name a file with --api-key-file.",
    );
  const options: Options = { ...command.options, help: { type: "boolean", short: "h" } };
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    const help = values["help"] === true;
    return { values: values as Values<Own>, files: positionals, help };
  } catch (error) {
    // parseArgs' own sentences name the option.
    if (error instanceof TypeError) throw new UsageError(error.message);
    throw error;
  }
}

/** A whole number of at least 1. @throws UsageError for anything else */
export function countOption(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (/^[0-9]+$/.test(value) && Number(value) >= 1) return Number(value);
  throw new UsageError(`--${name} takes a whole number of at least 1.`);
}

/** A number from 0 to 1. @throws UsageError for anything else */
export function shareOption(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (/^(0|1|0?\.[0-9]+|1\.0+)$/.test(value)) return Number(value);
  throw new UsageError(`--${name} takes a number from 0 to 1, such as 0.5.`);
}

/** One of a few words. @throws UsageError for any other */
export function wordOption<Word extends string>(
  name: string,
  value: string | undefined,
  words: readonly Word[],
): Word | undefined {
  if (value === undefined) return undefined;
  const word = words.find((each) => each === value);
  if (word !== undefined) return word;
  throw new UsageError(`--${name} takes one of ${words.join(", ")}.`);
}

/** The values of an option that may be repeated and may hold several, between commas. */
export function listOption(values: readonly string[] | undefined): string[] | undefined {
  return values?.flatMap((value) => value.split(",")).map((value) => value.trim());
}
