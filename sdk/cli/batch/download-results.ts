/** Brings a job's results to stdout, or into a file: into a temporary one beside it, which takes its place once all of them have come. */
import { open, rename, rm, stat } from "node:fs/promises";
import type { RerankClient } from "../../client.ts";
import type { JobFormat } from "../../job-types.ts";
import { CommandError } from "../failure.ts";
import { reasonOf } from "../read-documents.ts";
import type { Terminal } from "../terminal.ts";

export interface Download {
  job: string;
  format: JobFormat;
  /** A file's path, or `-`. */
  output: string;
  onProgress?: (doneBytes: number) => void;
}

/** @throws CommandError for a file that cannot be written; what stood there stays */
export async function downloadResults(
  client: RerankClient,
  { job, format, output, onProgress }: Download,
  { stdout, signal }: Terminal,
): Promise<void> {
  const body = await client.jobs.download(job, { format, signal });
  if (output === "-") {
    for await (const chunk of body)
      await new Promise<void>((resolve) => void stdout.write(chunk, () => resolve()));
    return;
  }
  const part = temporaryFileOf(output);
  try {
    await write(body, part, onProgress);
    await onDisk(output, () => rename(part, output));
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

/** Finds out before there are results to write. @throws CommandError */
export async function checkOutput(output: string): Promise<void> {
  const found = output === "-" ? undefined : await stat(output).catch(() => undefined);
  if (found?.isDirectory()) throw new CommandError(`${output} cannot be written: it is a folder.`);
}

export function temporaryFileOf(output: string): string {
  return `${output}.part`;
}

async function write(
  body: ReadableStream<Uint8Array>,
  path: string,
  onProgress: Download["onProgress"],
): Promise<void> {
  const file = await onDisk(path, () => open(path, "w"));
  try {
    let done = 0;
    for await (const chunk of body) {
      await onDisk(path, () => file.writeFile(chunk));
      onProgress?.((done += chunk.length));
    }
  } finally {
    await file.close();
  }
}

async function onDisk<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new CommandError(`${path} cannot be written: ${reasonOf(error)}.`);
  }
}
