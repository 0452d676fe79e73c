/** Downloads the files of a checkpoint at one commit into a cache folder. */
import { mkdir, rm, statfs } from "node:fs/promises";
import { join } from "node:path";
import { listFiles, modelInfo, type ListFileEntry } from "@huggingface/hub";
import { shardFiles, WEIGHTS_FILE, WEIGHTS_INDEX_FILE } from "../checkpoint/weights.ts";
import type { Terminal } from "../command-line.ts";
import { readJsonIfThere } from "../json-file.ts";
import { clearLine, formatBytes, startProgress } from "../progress.ts";
import { UserError } from "../user-error.ts";
import { downloadChecked } from "./download.ts";
import { explainHubError } from "./errors.ts";
import { credentials, type HubRepository } from "./repository.ts";
import { withRetries, type RetryNote } from "./retry.ts";

export interface Snapshot {
  /** Holds the checkpoint's files. */
  folder: string;
  /** The commit that the revision named, 40 hexadecimal digits. */
  commit: string;
}

/**
 * Downloads a checkpoint's config, tokenizer and safetensors weights. The revision is resolved to a commit first and every file is of that
 * commit. Files that are in the cache already, whole or in part, are not transferred again.
 * @throws UserError if the hub refuses or cannot be reached, or the repository lacks a file
 */
export async function downloadSnapshot(
  asked: HubRepository,
  cache: string,
  stderr: Terminal["stderr"],
): Promise<Snapshot> {
  try {
    const note: RetryNote = (problem, waitMs) => {
      clearLine(stderr);
      stderr.write(`${asked.endpoint}: ${problem}; trying again in ${waitMs / 1000} s\n`);
    };
    const commit = await resolveCommit(asked, note);
    const repository = { ...asked, revision: commit };
    stderr.write(`${asked.name} at commit ${commit}\n`);
    const folder = join(cache, asked.name.replace("/", "--"), commit);
    await mkdir(folder, { recursive: true });
    const listed = await withRetries(() => listRoot(repository), note);
    const small = [...pick(listed, "config.json"), ...tokenizerFiles(asked, listed)];
    const index = listed.has(WEIGHTS_FILE) ? [] : pick(listed, WEIGHTS_INDEX_FILE);
    await downloadAll(repository, [...small, ...index], folder, stderr, note);
    const weights = await weightFiles(asked, listed, folder, index.length > 0);
    await checkSpace(folder, weights);
    await downloadAll(repository, weights, folder, stderr, note);
    return { folder, commit };
  } catch (error) {
    throw explainHubError(error, asked);
  }
}

/** Removes a snapshot from the cache. */
export async function removeSnapshot({ folder }: Snapshot): Promise<void> {
  await rm(folder, { recursive: true });
}

async function resolveCommit(repository: HubRepository, note: RetryNote): Promise<string> {
  const { name, revision, endpoint } = repository;
  const { sha } = await withRetries(
    () =>
      modelInfo({
        name,
        revision,
        hubUrl: endpoint,
        additionalFields: ["sha"],
        ...credentials(repository),
      }),
    note,
  );
  if (!/^[0-9a-f]{40}$/.test(sha)) {
    throw new UserError(`${endpoint} names no commit for ${name}. Check HF_ENDPOINT.`);
  }
  return sha;
}

type Listing = ReadonlyMap<string, ListFileEntry>;

async function listRoot(repository: HubRepository): Promise<Listing> {
  const { name, revision, endpoint } = repository;
  const entries = listFiles({
    repo: { type: "model", name },
    revision,
    hubUrl: endpoint,
    ...credentials(repository),
  });
  const listed = new Map<string, ListFileEntry>();
  for await (const entry of entries) if (entry.type === "file") listed.set(entry.path, entry);
  return listed;
}

function pick(listed: Listing, ...paths: string[]): ListFileEntry[] {
  return paths.flatMap((path) => listed.get(path) ?? []);
}

function tokenizerFiles({ name }: HubRepository, listed: Listing): ListFileEntry[] {
  const files = pick(listed, listed.has("tokenizer.json") ? "tokenizer.json" : "vocab.txt");
  if (files.length === 0) {
    throw new UserError(
      `${name} has neither tokenizer.json nor vocab.txt. Choose a BERT cross-encoder.`,
    );
  }
  return [...files, ...pick(listed, "tokenizer_config.json")];
}

async function weightFiles(
  { name, revision }: HubRepository,
  listed: Listing,
  folder: string,
  sharded: boolean,
): Promise<ListFileEntry[]> {
  if (!sharded) {
    const files = pick(listed, WEIGHTS_FILE);
    if (files.length > 0) return files;
    throw new UserError(
      `${name} has no ${WEIGHTS_FILE} at revision ${revision}. The hub's conversion may stand in a pull request: look for one and pass --revision refs/pr/NUMBER; or convert the checkpoint in Python with save_pretrained, then pack it.`,
    );
  }
  const index = await readJsonIfThere(join(folder, WEIGHTS_INDEX_FILE));
  const shards = shardFiles(index ?? {});
  const files = shards && pick(listed, ...shards);
  if (files?.length !== shards?.length || !files) {
    throw new UserError(
      `${name}: ${WEIGHTS_INDEX_FILE} names files that are not there. Choose another revision.`,
    );
  }
  return files;
}

async function checkSpace(folder: string, entries: readonly ListFileEntry[]): Promise<void> {
  const needed = entries.reduce((sum, { size }) => sum + size, 0);
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize >= needed) return;
  throw new UserError(
    `The download takes ${formatBytes(needed)}, but ${folder} has only ${formatBytes(bavail * bsize)} free. Free some space, or choose another place with --cache.`,
  );
}

async function downloadAll(
  repository: HubRepository,
  entries: readonly ListFileEntry[],
  folder: string,
  stderr: Terminal["stderr"],
  note: RetryNote,
): Promise<void> {
  for (const entry of entries) {
    const progress = startProgress(stderr, entry.path, Math.max(1, entry.size));
    try {
      await downloadChecked(repository, entry, join(folder, entry.path), progress.update, note);
    } finally {
      progress.end();
    }
  }
}
