/** `pull`: a model of the Hugging Face hub becomes a packed model, in one command. */
import { homedir } from "node:os";
import { join } from "node:path";
import type { Command } from "./command-line.ts";
import { hubRepository } from "./hub/repository.ts";
import { downloadSnapshot, removeSnapshot } from "./hub/snapshot.ts";
import { describePacked, packCheckpoint } from "./pack.ts";

export const pullCommand: Command = {
  summary: "download a model from the Hugging Face hub and pack it",
  help: `Downloads the checkpoint NAME (org/name) and packs it into OUT_DIR, by default models/ and the name without its org.
The revision is resolved to a commit first, every file is of that commit and is checked against the hub's hash, and model.json
records the commit. A transfer that breaks goes on where it stopped when the command is run again.

  --revision REVISION   branch, tag, commit or refs/pr/NUMBER; default: main
  --cache DIR           where downloads are kept until they are packed; default: x-rerank in XDG_CACHE_HOME or ~/.cache
  --keep                leaves the float checkpoint in the cache after packing, and says where

Environment: HF_TOKEN (private and gated models), HF_ENDPOINT (a mirror), NODE_USE_ENV_PROXY=1 with HTTPS_PROXY (a proxy).
Mind the model's licence: a packed model is a copy of it.`,
  positionals: ["NAME", "[OUT_DIR]"],
  options: {
    revision: { type: "string" },
    cache: { type: "string" },
    keep: { type: "boolean" },
  },
  async run({ positionals, options }, { env, print, stderr }) {
    const [name, out] = positionals as [string, string?];
    const repository = hubRepository(name, String(options["revision"] ?? "main"), env);
    const folder = out ?? join(MODELS_FOLDER, name.split("/").at(-1)!);
    const cacheHome = env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
    const cache = String(options["cache"] ?? join(cacheHome, "x-rerank"));
    const snapshot = await downloadSnapshot(repository, cache, stderr);
    const origin = { name, repository: name, revision: snapshot.commit };
    const manifest = await packCheckpoint(snapshot.folder, folder, origin, stderr);
    print(describePacked(folder, manifest));
    if (options["keep"]) print(`The float checkpoint is in ${snapshot.folder}`);
    else await removeSnapshot(snapshot);
  },
};

const MODELS_FOLDER = join(import.meta.dirname, "..", "models");
