/** Brings a job's files to the service, and goes on where an earlier command was ended. */
import { openAsBlob } from "node:fs";
import type { RerankClient } from "../../client.ts";
import { isRerankError } from "../../errors.ts";
import type { UploadState } from "../../files.ts";
import { inParallel } from "../../in-parallel.ts";
import { CommandError } from "../failure.ts";
import { reasonOf } from "../read-documents.ts";
import type { Display } from "./display.ts";
import { folderOf, type InputFile } from "./input-files.ts";
import type { SavedRun } from "./saved-run.ts";

/** Files that are under way at once; of a large one, parts are. */
const CONCURRENCY = 3;

export async function uploadInputs(
  client: RerankClient,
  files: readonly InputFile[],
  run: SavedRun,
  display: Display,
  signal: AbortSignal,
): Promise<void> {
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const sent = new Map<InputFile, number>();
  const ending = new AbortController();
  await inParallel(files, CONCURRENCY, { ending, signal }, async (file) => {
    const show = (sentBytes: number): void => {
      sent.set(file, sentBytes);
      const done = [...sent.values()].reduce((sum, bytes) => sum + bytes, 0);
      display.show({ label: "uploading", unit: "bytes", done, total });
    };
    await uploadInput(client, file, run, show, ending.signal);
  });
}

async function uploadInput(
  client: RerankClient,
  { path, name, bytes }: InputFile,
  run: SavedRun,
  show: (sentBytes: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const address = folderOf(run.state.id) + name;
  const known = run.state.uploads[name];
  if (known === "done" && (await isThere(client, address, bytes, signal))) return show(bytes);
  const begun = known === "done" ? undefined : known;
  show(begun === undefined ? 0 : Math.min(begun.parts.length * begun.partBytes, bytes));
  const content = await openAsBlob(path).catch((error: unknown) => {
    throw new CommandError(`${path} cannot be read: ${reasonOf(error)}.`);
  });
  if (content.size !== bytes)
    throw new CommandError(`${path} has just been changed: run the command again.`);
  const saveAs = (upload: UploadState | "done"): void =>
    run.save({ uploads: { ...run.state.uploads, [name]: upload } });
  const send = (resume: UploadState | undefined): Promise<unknown> =>
    client.files.upload(address, content, {
      resume,
      onState: saveAs,
      onProgress: show,
      signal,
    });
  try {
    await send(begun);
  } catch (error) {
    if (!begun || !isRerankError(error) || error.code !== "unknown_upload") throw error;
    // The service has given it up: uploads in parts are kept for some days.
    await send(undefined);
  }
  saveAs("done");
}

/** Files are deleted after some time, by the service or by somebody. */
async function isThere(
  client: RerankClient,
  address: string,
  bytes: number,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    return (await client.files.get(address, { signal })).bytes === bytes;
  } catch (error) {
    if (isRerankError(error) && error.status === 404) return false;
    throw error;
  }
}
