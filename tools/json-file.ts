import { readFile } from "node:fs/promises";
import { UserError } from "./user-error.ts";

/** The text of a file, or undefined if there is none. */
export async function readTextIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw error;
  }
}

/**
 * A JSON object in a file, or undefined if there is no such file.
 * @throws UserError if the file holds anything else
 */
export async function readJsonIfThere(path: string): Promise<Record<string, unknown> | undefined> {
  const text = await readTextIfThere(path);
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UserError(`${path} is not JSON (${(error as Error).message}). Fetch the file again.`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new UserError(`${path} is not a JSON object. Fetch the file again.`);
  }
  return value as Record<string, unknown>;
}
