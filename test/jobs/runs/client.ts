/** What a test asks of the service's files and jobs, over HTTP. A service that is just being killed is asked again. */
import { createHash } from "node:crypto";
import { openAsBlob } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { ResultFormat } from "../../../worker/jobs/job-keys.ts";

export interface Job {
  name: string;
  properties: {
    status: string;
    error?: { code: string; message: string };
    progress: {
      rows: number | null;
      scored: number;
      failed: number;
      tokens: number;
      shards: number | null;
      shardsDone: number;
    };
    results: Partial<Record<ResultFormat, string>>;
    createdAtUtc: string;
    endTimeUtc?: string;
  };
}

export const hasEnded = ({ properties: { status } }: Job): boolean =>
  ["Completed", "Failed", "Canceled"].includes(status);

/** @throws Error if it is refused */
export async function putFile(url: string, name: string, path: string): Promise<void> {
  const response = await fetch(`${url}/files/${name}`, {
    method: "PUT",
    body: await openAsBlob(path),
  });
  await okText(response);
}

/** Overrides beside the input of a job. */
export type Overrides = Readonly<Record<string, unknown>>;

/** @param uri - Such as `files/rows.csv`; one that ends with a slash is a folder. */
export function jobBody(uri: string, overrides: Overrides = {}): object {
  const JobInputType = uri.endsWith("/") ? "UriFolder" : "UriFile";
  return { properties: { InputData: { data: { JobInputType, Uri: uri } }, ...overrides } };
}

/**
 * Submits a job, again and again until it is answered, which the key makes one job of.
 * @returns Its name
 */
export async function submitJob(url: string, body: object, key: string): Promise<string> {
  const text = await insist(() =>
    fetch(`${url}/jobs`, {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": key },
      body: JSON.stringify(body),
    }),
  );
  return (JSON.parse(text) as Job).name;
}

export async function readJob(url: string, name: string): Promise<Job> {
  return JSON.parse(await insist(() => fetch(`${url}/jobs/${name}`))) as Job;
}

/**
 * @param pollMs - Milliseconds between two looks, each of which takes the local service some.
 * @throws Error if it has not ended in time, or not as Completed
 */
export async function completedJob(
  url: string,
  name: string,
  seconds: number,
  pollMs = 100,
): Promise<Job> {
  const endMs = performance.now() + seconds * 1_000;
  for (;;) {
    const job = await readJob(url, name);
    if (hasEnded(job)) {
      const { status, error } = job.properties;
      if (status !== "Completed")
        throw new Error(`the job is ${status}: ${error?.code}, ${error?.message}`);
      return job;
    }
    if (performance.now() > endMs)
      throw new Error(`after ${seconds} s the job still is ${JSON.stringify(job.properties)}`);
    await sleep(pollMs);
  }
}

export async function readResult(url: string, name: string, format: string): Promise<Buffer> {
  const response = await fetch(`${url}/jobs/${name}/results?format=${format}`);
  if (!response.ok) throw new Error(`results: ${response.status} ${await response.text()}`);
  return Buffer.from(await response.arrayBuffer());
}

export function sha256(bytes: Buffer | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Tries in a row; a start of the service takes a few seconds. */
const TRIES = 100;

/** @throws Error with the last refusal; a refusal of the caller is the last at once */
async function insist(call: () => Promise<Response>): Promise<string> {
  for (let tries = 1; ; tries++) {
    const response = await call().catch((error: Error) => error);
    if (!(response instanceof Error) && response.status < 500) return okText(response);
    if (tries === TRIES)
      throw response instanceof Error ? response : new Error(`${await response.text()}`);
    await sleep(100);
  }
}

async function okText(response: Response): Promise<string> {
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status}: ${text}`);
  return text;
}
