import { cp, mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { UserError } from "./user-error.ts";

/**
 * Writes a folder so that it is there whole or not at all: the files are written beside it and take its place at the end.
 *
 * A folder that `mayReplace` accepts is replaced; its other files (a model card, say) are kept. An empty one is always replaced.
 * @param mayReplace is given the names in an existing folder
 * @throws UserError if the folder exists and may not be replaced
 */
export async function writeFolder(
  folder: string,
  files: ReadonlyMap<string, Uint8Array | string>,
  mayReplace: (names: readonly string[]) => boolean | Promise<boolean>,
): Promise<void> {
  const target = resolve(folder);
  const existing = await namesIn(target);
  if (existing && existing.length > 0 && !(await mayReplace(existing))) {
    throw new UserError(`${folder} holds other files. Choose a folder that is new or empty.`);
  }
  const staged = join(dirname(target), `.${basename(target)}.new-${process.pid}`);
  const replaced = join(dirname(target), `.${basename(target)}.old-${process.pid}`);
  try {
    await mkdir(staged, { recursive: true });
    for (const [name, content] of files) await writeFile(join(staged, name), content);
    for (const name of existing ?? []) {
      if (!files.has(name)) await cp(join(target, name), join(staged, name), { recursive: true });
    }
    if (existing) await rename(target, replaced);
    try {
      await rename(staged, target);
    } catch (error) {
      if (existing) await rename(replaced, target);
      throw error;
    }
  } catch (error) {
    await rm(staged, { recursive: true, force: true });
    throw error;
  }
  await rm(replaced, { recursive: true, force: true });
}

async function namesIn(folder: string): Promise<string[] | undefined> {
  try {
    return await readdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    if (code === "ENOTDIR") throw new UserError(`${folder} is a file. Choose a folder.`);
    throw error;
  }
}
