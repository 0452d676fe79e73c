/** wrangler.toml as it is written: the one file that says what the Worker is called, which models it has and what it is bound to. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, TomlError } from "smol-toml";
import { UserError } from "./user-error.ts";

/** What a TOML file holds. */
export type ConfigTable = { [key: string]: ConfigValue };

export type ConfigValue = string | number | boolean | ConfigTable | ConfigValue[];

/** The model that the Worker is built with where neither the environment nor wrangler.toml names one. */
const DEFAULT_MODEL = "models/rerank-minilm-l6";

/**
 * A configuration of wrangler's in TOML.
 * @returns undefined if there is no such file
 * @throws UserError if it is no TOML
 */
export function readConfigFile(path: string): ConfigTable | undefined {
  let text;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  try {
    return parse(text) as ConfigTable;
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    throw new UserError(`${path} is not TOML: ${error.message.split("\n")[0]}`);
  }
}

/**
 * The project's wrangler.toml.
 * @throws UserError if there is none, or it is no TOML
 */
export function readWorkerConfig(project: string): ConfigTable {
  const path = join(project, "wrangler.toml");
  const config = readConfigFile(path);
  if (config === undefined) throw new UserError(`${path} is missing.`);
  return config;
}

/** `[vars]`, empty if there are none. */
export function variablesOf(config: ConfigTable): ConfigTable {
  return isTable(config["vars"]) ? config["vars"] : {};
}

/**
 * Folders of the packed models that the Worker is built with, relative to the project, the default one first: those of the environment's MODEL,
 * else of the variable BUILT_IN_MODELS.
 */
export function modelFolders(config: ConfigTable, environment?: string): string[] {
  const configured = variablesOf(config)["BUILT_IN_MODELS"];
  const setting = environment || (typeof configured === "string" && configured) || DEFAULT_MODEL;
  return setting.split(",").map((folder) => folder.trim());
}

export function isTable(value: ConfigValue | undefined): value is ConfigTable {
  return typeof value === "object" && !Array.isArray(value);
}
