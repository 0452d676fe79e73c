/** A key and its record, of the options of a command. */
import * as z from "zod";
import { makeApiKey } from "../../worker/auth/api-key.ts";
import { keyRecordSchema, type KeyRecord } from "../../worker/auth/key-record.ts";
import { PUBLISHABLE_SCOPES } from "../../worker/auth/scope.ts";
import { sha256Hex } from "../../worker/sha256.ts";
import type { CommandArguments } from "../command-line.ts";
import { UsageError } from "../user-error.ts";
import { durationMs } from "./duration.ts";

export interface NewKey {
  /** Shown once. */
  key: string;
  record: KeyRecord;
}

/** @throws {UsageError} if the options are not right. */
export async function keyOfOptions(
  name: string,
  options: CommandArguments["options"],
  nowMs: number,
): Promise<NewKey> {
  const isPublishable = options["publishable"] === true;
  const origins = list(options["origins"]);
  if (isPublishable !== (origins !== undefined)) {
    throw new UsageError("--publishable and --origins need one another.");
  }
  const scopes = list(options["scopes"]) ?? (isPublishable ? [...PUBLISHABLE_SCOPES] : undefined);
  if (scopes === undefined) throw new UsageError("--scopes is missing.");
  const expires = options["expires"];
  const optional = {
    requestsPerMinute: count(options["rate"], "rate"),
    tokensPerDay: count(options["tokens-per-day"], "tokens-per-day"),
    expiresAt:
      typeof expires === "string" ? timeOf(nowMs + durationMs(expires, "expires")) : undefined,
    origins,
  };
  return newKey({ name, scopes, ...optional }, nowMs);
}

/** Another key of the same rights, which lives as long as the old one does. */
export function keyLike(old: KeyRecord, nowMs: number): Promise<NewKey> {
  const { expiresAt, createdAt } = old;
  const lifeMs =
    expiresAt === undefined ? undefined : Date.parse(expiresAt) - Date.parse(createdAt);
  return newKey(
    { ...old, expiresAt: lifeMs === undefined ? undefined : timeOf(nowMs + lifeMs) },
    nowMs,
  );
}

async function newKey(rights: Record<string, unknown>, nowMs: number): Promise<NewKey> {
  const key = makeApiKey(rights["origins"] === undefined ? "secret" : "publishable");
  const present = Object.entries(rights).filter(([, value]) => value !== undefined);
  const record = keyRecordSchema.safeParse({
    ...Object.fromEntries(present),
    sha256: await sha256Hex(key),
    createdAt: timeOf(nowMs),
  });
  if (!record.success) throw new UsageError(z.prettifyError(record.error));
  return { key, record: record.data };
}

export function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}

function list(option: CommandArguments["options"][string]): string[] | undefined {
  return typeof option === "string" ? option.split(",").map((each) => each.trim()) : undefined;
}

function count(option: CommandArguments["options"][string], name: string): number | undefined {
  if (typeof option !== "string") return undefined;
  if (!/^[1-9]\d{0,14}$/.test(option)) {
    throw new UsageError(`--${name} must be a whole number from 1.`);
  }
  return Number(option);
}
