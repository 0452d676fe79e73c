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

const WITHOUT_ACCOUNT =
  "\n\nWithout an account: --local is for wrangler dev on this machine, and create --print makes a line of the secret RERANK_API_KEYS.";

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

  /** Stores records, each over one of the same key. */
  async put(records: readonly KeyRecord[]): Promise<void> {
    const entries = records.map((record) => ({
      key: recordKey(record.sha256),
      value: JSON.stringify(record),
      ...(record.expiresAt !== undefined && { expiration: forgottenAt(record.expiresAt) }),
    }));
    await this.#bulk("put", entries);
  }

  async delete(records: readonly KeyRecord[]): Promise<void> {
    const names = records.map(({ sha256 }) => recordKey(sha256));
    await this.#bulk("delete", names, "--force");
  }

  /** In as many calls as it takes. What has been deleted since the names were listed is left out. */
  async #valuesOf(names: readonly string[]): Promise<string[]> {
    const texts: string[] = [];
    for (let start = 0; start < names.length; start += MAX_BULK_KEYS) {
      const output = await this.#bulk("get", names.slice(start, start + MAX_BULK_KEYS));
      for (const entry of Object.values(bulkAnswer.parse(JSON.parse(output)))) {
        const text = typeof entry === "string" ? entry : entry?.value;
        if (text) texts.push(text);
      }
    }
    return texts;
  }

  /** One call for all, since wrangler takes seconds to start. @param content - Of the file that it reads. */
  async #bulk(action: string, content: readonly unknown[], ...flags: string[]): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), "rerank-keys-"));
    try {
      const file = join(folder, "bulk.json");
      await writeFile(file, JSON.stringify(content));
      return await this.#wrangler("bulk", action, file, ...flags);
    } finally {
      await rm(folder, { recursive: true });
    }
  }

  /** What `wrangler kv ...` prints. */
  async #wrangler(...args: string[]): Promise<string> {
    const manifest = createRequire(import.meta.url).resolve("wrangler/package.json");
    const program = join(dirname(manifest), "bin/wrangler.js");
    const child = spawn(process.execPath, [program, "kv", ...args, ...this.#flags], {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, WRANGLER_HIDE_BANNER: "true" },
    });
    const ended = once(child, "close");
    let [output, complaint] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (complaint += text));
    const [code] = (await ended) as [number | null];
    if (code === 0) return output;
    const command = `wrangler kv ${args[0]} ${args[1]}`;
    const hint = this.#flags.includes("--remote") ? WITHOUT_ACCOUNT : "";
    throw new UserError(`${command} failed:\n${(complaint + output).trim()}${hint}`);
  }
}

/** Seconds since 1970. */
function forgottenAt(expiresAt: string): number {
  return Math.ceil((Date.parse(expiresAt) + KEPT_AFTER_EXPIRY_MS) / 1_000);
}
