/** The files that a job reads: as they lie here, and what they are called at the service. */
import { createHash } from "node:crypto";
import { readdir, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import type { JobInput } from "../../job-types.ts";
import { CommandError } from "../failure.ts";
import { reasonOf } from "../read-documents.ts";
import { RUN_FILES, type BatchInputs } from "./options.ts";

export interface InputFile {
  path: string;
  /** Below the job's folder at the service. */
  name: string;
  bytes: number;
  modifiedMs: number;
}

/**
 * The files that are named, and in place of a folder its files: not hidden ones, and not those of folders in it.
 *
 * @param written - Paths that the command itself writes to, which are no inputs even if they are in such a folder.
 * @throws CommandError for what is no file that can be read
 */
export async function inputFiles(
  inputs: BatchInputs,
  written: readonly string[],
): Promise<InputFile[]> {
  if (inputs.kind === "run")
    return Promise.all(
      RUN_FILES.map((role) => {
        const path = inputs.files[role];
        return fileAt(path, `${role}/${basename(path)}`);
      }),
    );
  const own = new Set(written.map((path) => resolve(path)));
  const paths = (await Promise.all(inputs.files.map((path) => pathsAt(path, own)))).flat();
  const names = paths.map((path) => basename(path));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw new CommandError(
      `Two files are named ${twice}: results tell rows apart by their file's name, so names must differ.`,
    );
  return Promise.all(paths.map((path) => fileAt(path, basename(path))));
}

async function pathsAt(path: string, own: ReadonlySet<string>): Promise<string[]> {
  if (!(await look(path)).isDirectory()) return [path];
  const names = (await readdir(path)).filter((name) => !name.startsWith(".")).sort();
  const paths: string[] = [];
  for (const name of names) {
    const each = join(path, name);
    if (!own.has(resolve(each)) && (await look(each)).isFile()) paths.push(each);
  }
  if (paths.length === 0) throw new CommandError(`The folder ${path} has no files.`);
  return paths;
}

async function fileAt(path: string, name: string): Promise<InputFile> {
  const found = await look(path);
  if (found.isDirectory()) throw new CommandError(`${path} cannot be read: it is a folder.`);
  if (!found.isFile())
    throw new CommandError(
      `${path} is no file that could be read again if the connection breaks: write it to one first.`,
    );
  return { path, name, bytes: found.size, modifiedMs: found.mtimeMs };
}

async function look(path: string) {
  return stat(path).catch((error: unknown) => {
    throw new CommandError(`${path} cannot be read: ${reasonOf(error)}.`);
  });
}

/** Folder of a run's files at the service. @param id - 32 hexadecimal digits. */
export function folderOf(id: string): string {
  return `batch-${id}/`;
}

/** What the job's body calls them. */
export function inputData(
  inputs: BatchInputs,
  files: readonly InputFile[],
  id: string,
): Record<string, JobInput> {
  const folder = `files/${folderOf(id)}`;
  const file = ({ name }: InputFile): JobInput => ({
    JobInputType: "UriFile",
    Uri: folder + name,
  });
  if (inputs.kind === "run")
    return Object.fromEntries(RUN_FILES.map((role, at) => [role, file(files[at]!)]));
  return files.length === 1
    ? { rows: file(files[0]!) }
    : { rows: { JobInputType: "UriFolder", Uri: folder } };
}

/** Changes with any of the values. */
export function fingerprint(...values: readonly unknown[]): string {
  return createHash("sha256").update(JSON.stringify(values)).digest("hex");
}

/** Changes with the files, or what is in them, and with the service. */
export function filesPrint(server: string, files: readonly InputFile[]): string {
  return fingerprint(
    server,
    files.map(({ path, name, bytes, modifiedMs }) => [resolve(path), name, bytes, modifiedMs]),
  );
}
