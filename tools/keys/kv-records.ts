/** The records of keys in the KV namespace of a deployment, or in that of `wrangler dev`, by the project's own wrangler. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import * as z from "zod";
import {
  keyRecordSchema,
  RECORD_PREFIX,
  recordKey,
  type KeyRecord,
} from "../../worker/auth/key-record.ts";
import { environmentFile } from "../deploy/environment-file.ts";
import { UserError } from "../user-error.ts";

const ROOT = join(import.meta.dirname, "../..");

/** Milliseconds for which an expired record is kept, so that its caller is told that the key has expired, and `keys list` shows it. */
const KEPT_AFTER_EXPIRY_MS = 30 * 86_400_000;

/** Of one call. @see https://developers.cloudflare.com/api/resources/kv/subresources/namespaces/methods/bulk_get/ */
const MAX_BULK_KEYS = 100;

/** By key; wrangler wraps the values of its local KV once more. */
const bulkAnswer = z.record(
  z.string(),
  z.union([z.string(), z.object({ value: z.string().nullable() })]).nullable(),
);

export interface KvPlace {
  /** Whether it is that of `wrangler dev` on this machine. */
  isLocal: boolean;
  /** Folder that this one keeps its state in. Default: that of the project. */
  state: string | undefined;
  /** As `npm run deploy -- --env` has it. */
  environment: string;
}

export class KvRecords {
  readonly #flags: readonly string[];

  constructor({ isLocal, state, environment }: KvPlace) {
    this.#flags = [
      "--binding=KEYS",
      // Said outright, wrangler asks the deployed Worker which namespace it has been given.
      "--preview=false",
      isLocal ? "--local" : "--remote",
      ...(state === undefined ? [] : [`--persist-to=${resolve(state)}`]),
      `--config=${environmentFile(ROOT, environment).file}`,
    ];
  }

  /** All of them, the youngest first. */
  async list(): Promise<KeyRecord[]> {
    const listed = await this.#wrangler("key", "list", `--prefix=${RECORD_PREFIX}`);
    const names = (JSON.parse(listed) as { name: string }[]).map(({ name }) => name);
    if (names.length === 0) return [];
    const texts = await this.#valuesOf(names);
    return texts
      .map((text) => keyRecordSchema.parse(JSON.parse(text)))
      .sort((one, other) => (one.createdAt < other.createdAt ? 1 : -1));
  }

  /** Stores a record, over one of the same key. */
  async put(record: KeyRecord): Promise<void> {
    const { sha256, expiresAt } = record;
    const forgottenMs =
      expiresAt === undefined ? undefined : Date.parse(expiresAt) + KEPT_AFTER_EXPIRY_MS;
    await this.#wrangler(
      "key",
      "put",
      recordKey(sha256),
      JSON.stringify(record),
      ...(forgottenMs === undefined ? [] : [`--expiration=${Math.ceil(forgottenMs / 1_000)}`]),
    );
  }

  async delete({ sha256 }: KeyRecord): Promise<void> {
    await this.#wrangler("key", "delete", recordKey(sha256));
  }

  /** In as many calls as it takes. What has been deleted since the names were listed is left out. */
  async #valuesOf(names: readonly string[]): Promise<string[]> {
    const folder = await mkdtemp(join(tmpdir(), "rerank-keys-"));
    const file = join(folder, "names.json");
    try {
      const texts: string[] = [];
      for (let start = 0; start < names.length; start += MAX_BULK_KEYS) {
        await writeFile(file, JSON.stringify(names.slice(start, start + MAX_BULK_KEYS)));
        const answer = bulkAnswer.parse(JSON.parse(await this.#wrangler("bulk", "get", file)));
        for (const entry of Object.values(answer)) {
          const text = typeof entry === "string" ? entry : entry?.value;
          if (text) texts.push(text);
        }
      }
      return texts;
    } finally {
      await rm(folder, { recursive: true });
    }
  }

  /** What `wrangler kv ...` prints. Its complaints it writes itself. */
  async #wrangler(...args: string[]): Promise<string> {
    const manifest = createRequire(import.meta.url).resolve("wrangler/package.json");
    const program = join(dirname(manifest), "bin/wrangler.js");
    const child = spawn(process.execPath, [program, "kv", ...args, ...this.#flags], {
      cwd: ROOT,
      stdio: ["inherit", "pipe", "pipe"],
      env: { ...process.env, WRANGLER_HIDE_BANNER: "true" },
    });
    const ended = once(child, "close");
    let [output, complaint] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (complaint += text));
    const [code] = (await ended) as [number | null];
    if (code !== 0) {
      throw new UserError(
        `wrangler kv ${args[0]} ${args[1]} failed:\n${(complaint + output).trim()}`,
      );
    }
    return output;
  }
}
