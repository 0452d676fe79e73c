/** Builds and bundles the Worker as a deployment would, without sending it anywhere. */
import { readdir, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { UserError } from "../user-error.ts";
import type { Wrangler } from "./wrangler.ts";

/** A file, and its size. */
export interface SizedFile {
  path: string;
  bytes: number;
}

export interface Build {
  /** What Cloudflare counts as the Worker's size: its modules, without the source map. */
  modules: readonly SizedFile[];
  /** Static assets, which are not counted. */
  assets: readonly SizedFile[];
  /** Wrangler's own list of what the Worker is bound to. */
  bindings: readonly string[];
  /** Path of the bundle for `wrangler check startup`. */
  bundle: string;
}

/**
 * @param assets - Folder of the static assets.
 * @param scratch - Folder that the bundle is written to.
 * @throws UserError with what wrangler said, if it fails
 */
export async function buildWorker(
  wrangler: Wrangler,
  assets: string,
  scratch: string,
): Promise<Build> {
  const modules = join(scratch, "modules");
  const bundle = join(scratch, "worker.bundle");
  const args = ["deploy", "--dry-run", "--outdir", modules, "--outfile", bundle];
  const { status, stdout, stderr } = await wrangler.run(args);
  if (status !== 0) throw new UserError(`the Worker cannot be built.\n${stdout}${stderr}`.trim());
  const lines = stdout.split("\n");
  const first = lines.findIndex((line) => line.startsWith("Binding "));
  return {
    modules: (await filesIn(modules)).filter(({ path }) => !/\.map$|^README\.md$/.test(path)),
    assets: (await filesIn(assets)).filter(({ path }) => path !== "_headers"),
    bindings: first < 0 ? [] : lines.slice(first, lines.indexOf("", first)),
    bundle,
  };
}

async function filesIn(folder: string): Promise<SizedFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Promise.all(
    files.map(async ({ parentPath, name }) => {
      const path = join(parentPath, name);
      return { path: relative(folder, path), bytes: (await stat(path)).size };
    }),
  );
}

export function sumOf(files: readonly SizedFile[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}
