/** Downloads one file of a pinned revision: resumed where an earlier transfer broke, checked against the hub's hash. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, rename, rm, stat } from "node:fs/promises";
import { fileDownloadInfo, HubApiError, type ListFileEntry } from "@huggingface/hub";
import { formatBytes } from "../progress.ts";
import { UserError } from "../user-error.ts";
import { credentials, type HubRepository } from "./repository.ts";
import { BrokenTransfer, withRetries, type RetryNote } from "./retry.ts";

/**
 * Downloads a file to `target`. Bytes arrive in `target.partial`, which stays when the transfer breaks and is gone on with next time.
 * @param repository with the commit as its revision, so that every request sees the same file
 * @param onProgress is told the bytes that have arrived so far, earlier transfers included
 * @throws UserError if the transfer keeps breaking, or the file does not have the size and hash that the hub lists
 */
export async function downloadChecked(
  repository: HubRepository,
  entry: ListFileEntry,
  target: string,
  onProgress: (doneBytes: number) => void,
  note: RetryNote,
): Promise<void> {
  if (await hasListedHash(target, entry)) return onProgress(entry.size);
  const partial = `${target}.partial`;
  const resumed = (await sizeOf(partial)) !== undefined;
  await transfer(repository, entry, partial, onProgress, note);
  if (resumed && !(await hasListedHash(partial, entry))) {
    // What an earlier run left need not be a beginning of this file.
    await rm(partial);
    await transfer(repository, entry, partial, onProgress, note);
  }
  if (!(await hasListedHash(partial, entry))) {
    await rm(partial);
    throw new UserError(
      `${entry.path} of ${repository.name} does not have the hash that ${repository.endpoint} lists: it was altered on its way and has been deleted. Run the command again; if it stays so, a proxy or mirror changes the file.`,
    );
  }
  await rename(partial, target);
}

/** Appends what is missing to the partial file until it has its full size. */
async function transfer(
  repository: HubRepository,
  entry: ListFileEntry,
  partial: string,
  onProgress: (doneBytes: number) => void,
  note: RetryNote,
): Promise<void> {
  let arrived = 0;
  let arrivedBefore = 0;
  await withRetries(
    async () => {
      const done = await sizeOf(partial);
      if (done === entry.size) return;
      arrivedBefore = done !== undefined && done < entry.size ? done : 0;
      arrived = await append(repository, entry, partial, arrivedBefore, (bytes) => {
        arrived = bytes;
        onProgress(bytes);
      });
      if (arrived === entry.size) return;
      throw new BrokenTransfer(
        `The server ended the transfer of ${entry.path} after ${formatBytes(arrived)} of ${formatBytes(entry.size)}. Run the command again: it goes on from there.`,
      );
    },
    note,
    () => arrived > arrivedBefore,
  );
}

/**
 * Reads the file from byte `from` on into the partial file; from its beginning if the server does not answer ranges.
 * @returns the partial file's size: less than the whole if the server ended early
 */
async function append(
  repository: HubRepository,
  entry: ListFileEntry,
  partial: string,
  from: number,
  onProgress: (doneBytes: number) => void,
): Promise<number> {
  const response = await request(repository, entry, from);
  const continues = response.status === 206;
  const file = await open(partial, continues ? "a" : "w");
  let done = continues ? from : 0;
  try {
    for await (const chunk of response.body!) {
      done += chunk.length;
      if (done > entry.size) throw wrongSize(repository, entry, `more than ${entry.size}`);
      await file.writeFile(chunk);
      onProgress(done);
    }
  } finally {
    await file.close();
  }
  return done;
}

/** Not the xet protocol: the plain address answers ranges for every file, so one way of resuming serves all. */
async function request(
  repository: HubRepository,
  entry: ListFileEntry,
  from: number,
): Promise<Response> {
  const { name, revision, endpoint, accessToken } = repository;
  const info = await fileDownloadInfo({
    repo: { type: "model", name },
    path: entry.path,
    revision,
    hubUrl: endpoint,
    ...credentials(repository),
  });
  if (!info) throw new HubApiError(`${endpoint}/${name}`, 404);
  if (info.size !== entry.size) throw wrongSize(repository, entry, String(info.size));
  const headers = new Headers();
  if (from > 0) headers.set("range", `bytes=${from}-`);
  if (accessToken !== undefined && new URL(info.url).origin === new URL(endpoint).origin) {
    headers.set("authorization", `Bearer ${accessToken}`);
  }
  const response = await fetch(info.url, { headers });
  if (!response.ok) throw new HubApiError(info.url, response.status);
  return response;
}

function wrongSize(
  { name, endpoint }: HubRepository,
  entry: ListFileEntry,
  bytes: string,
): UserError {
  return new UserError(
    `${entry.path} of ${name} has ${bytes} bytes where ${endpoint} lists ${entry.size}. Run the command again; if it stays so, a proxy or mirror changes the file.`,
  );
}

/** Whether a file is there and is the listed one: a Git LFS file is listed with its SHA-256, any other with Git's hash of it. */
async function hasListedHash(path: string, entry: ListFileEntry): Promise<boolean> {
  if ((await sizeOf(path)) !== entry.size) return false;
  const hash = entry.lfs ? createHash("sha256") : createHash("sha1").update(`blob ${entry.size}\0`);
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  return hash.digest("hex") === (entry.lfs?.oid ?? entry.oid);
}

/** Size of a file in bytes, undefined if there is none. */
async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
