/** Where the files of a model come from: a folder, an address, or a function. */
import { rerankError } from "../errors.ts";
import type { LocalClientOptions, ModelFiles, ModelReader } from "./options.ts";

/** A file's bytes, or an answer that has them. */
export type OpenFile = (file: string, signal?: AbortSignal) => Promise<Uint8Array | Response>;

/** A model whose files are yet to be read. */
export interface ModelSource {
  open: OpenFile;
  /** Address of the folder, if its files are downloaded: with a slash at its end. */
  url: URL | null;
}

/** Folders in which this package's own model may lie, as seen from its built modules. */
const OWN_MODEL = ["./model/", "../model/", "../../model/"];

/** What Node gives without an import, which bundlers for browsers would stumble over. */
interface Host {
  process?: {
    getBuiltinModule?(name: "node:fs"): {
      promises: { readFile(path: string | URL): Promise<Uint8Array> };
      existsSync(path: URL): boolean;
    };
  };
  location?: { href: string };
}

const host = globalThis as Host;

/** Whether the option `model` is a model itself. */
export function isRead(model: LocalClientOptions["model"]): model is ModelFiles {
  return typeof model === "object" && !(model instanceof URL);
}

/** @throws InvalidRequestError if there is no such place on this host */
export function sourceOf(model: Exclude<LocalClientOptions["model"], ModelFiles>): ModelSource {
  if (typeof model === "function") return { open: fromReader(model), url: null };
  if (model === undefined) return { open: fromFolder(ownModel()), url: null };
  const url = addressOf(model);
  return url && url.protocol !== "file:"
    ? { open: fromAddress(url), url }
    : { open: fromFolder(url ?? `${model}/`), url: null };
}

/** The folder's address with a slash at its end; null of a path. */
function addressOf(model: string | URL): URL | null {
  const isAddress = /^(https?|file|blob|data):/.test(String(model));
  if (!isAddress && fileSystem()) return null;
  const base = host.location?.href;
  if (!isAddress && base === undefined) throw noFiles();
  const url = new URL(model, base);
  if (!url.pathname.endsWith("/")) url.pathname += "/";
  return url;
}

function ownModel(): URL {
  const files = fileSystem();
  if (!files) throw noFiles();
  const found = OWN_MODEL.map((folder) => new URL(folder, import.meta.url)).find((folder) =>
    files.existsSync(new URL("model.json", folder)),
  );
  if (found) return found;
  throw rerankError(
    "invalid_request",
    "This copy of the package has no model beside it: tell with the option model where one is.",
    { code: "no_model", param: "model" },
  );
}

function fromReader(read: ModelReader): OpenFile {
  return async (file, signal) => checked(await read(file, signal), file);
}

function fromAddress(folder: URL): OpenFile {
  return async (file, signal) => {
    const url = new URL(file, folder);
    return checked(await fetch(url, signal ? { signal } : {}), url.href);
  };
}

function fromFolder(folder: string | URL): OpenFile {
  const files = fileSystem();
  if (!files) throw noFiles();
  return (file) =>
    files.promises
      .readFile(typeof folder === "string" ? folder + file : new URL(file, folder))
      .catch((cause: unknown) => {
        throw rerankError(
          "invalid_request",
          `The model's ${file} cannot be read from ${String(folder)}: model must be a folder with model.json, tokenizer.json and weights.safetensors.`,
          { code: "model_unavailable", param: "model", cause },
        );
      });
}

function checked(response: Response, name: string): Response {
  if (response.ok && response.body) return response;
  throw rerankError(
    response.status >= 500 ? "connection" : "invalid_request",
    `${name} was answered with status ${response.status}: copy node_modules/@x/rerank-sdk/model/ to where the option model points.`,
    { code: "model_unavailable", param: "model", status: response.status },
  );
}

function fileSystem() {
  return host.process?.getBuiltinModule?.("node:fs");
}

function noFiles() {
  return rerankError(
    "invalid_request",
    "This host has no files: give the option model an address below which node_modules/@x/rerank-sdk/model/ is served, or a function that reads its files.",
    { code: "no_model", param: "model" },
  );
}
