/** The service, built and bundled once, so that `wrangler dev` can start it again and again without doing either. */
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../bench/run.ts";
import {
  SMALL_SHAPE,
  syntheticModel,
  type SyntheticShape,
} from "../../fixtures/synthetic-model.ts";
import { PROJECT_PARTS } from "../../project-parts.ts";

export const ROOT = join(import.meta.dirname, "../../..");

export const WRANGLER = join(ROOT, "node_modules/wrangler/bin/wrangler.js");

/** A folder of the packed model that the service has by default. */
export const DEFAULT_MODEL = join(ROOT, "models/rerank-minilm-l6");

export interface ServiceBundle {
  /** A copy of the project, removed when this process ends. State and other files may lie in it. */
  folder: string;
  /** What `wrangler dev` is to be started with. */
  config: string;
}

/** Of a model that is so small that scoring costs nearly nothing. */
export const SMALLEST_SHAPE: SyntheticShape = { ...SMALL_SHAPE, maxSeqLength: 512 };

/** @param model - Folder of a packed model, or the shape of one whose weights are made up. */
export async function bundleService(
  model: string | SyntheticShape = SMALLEST_SHAPE,
): Promise<ServiceBundle> {
  const folder = mkdtempSync(join(tmpdir(), "x-rerank-jobs-"));
  // The services lead groups of their own: what ends this process does not end them, but their handlers of its exit do.
  process.once("SIGINT", () => process.exit(130)).once("SIGTERM", () => process.exit(143));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  for (const part of PROJECT_PARTS)
    cpSync(join(ROOT, part), join(folder, part), {
      recursive: true,
      filter: (path) => path !== join(ROOT, "worker/build"),
    });
  // Wrangler looks for it before it builds.
  mkdirSync(join(folder, "worker/build"));
  for (const part of ["node_modules", "models"]) symlinkSync(join(ROOT, part), join(folder, part));
  await run(process.execPath, [WRANGLER, "deploy", "--dry-run", "--outdir", "bundle"], {
    cwd: folder,
    env: {
      ...process.env,
      MODEL: typeof model === "string" ? model : writeModel(join(folder, "made-up"), model),
      WRANGLER_SEND_METRICS: "false",
    },
  });
  const config = join(folder, "wrangler.dev.toml");
  writeFileSync(config, prebuilt(readFileSync(join(folder, "wrangler.toml"), "utf8")));
  return { folder, config };
}

/** The project's own configuration, of what has been built. */
function prebuilt(toml: string): string {
  return toml
    .replace(/^\[build\]\n(?:[^[\n].*\n)*/m, "")
    .replace(/^main = .*$/m, 'main = "bundle/index.js"\nno_bundle = true')
    .replace(/^minify = .*\n/m, "");
}

/** Writes a packed model whose weights are made up. @param folder - Must not be there. @returns The folder */
export function writeModel(folder: string, shape: SyntheticShape): string {
  const { manifest, weights, tokenizer } = syntheticModel(shape);
  mkdirSync(folder);
  writeFileSync(join(folder, "model.json"), JSON.stringify(manifest));
  writeFileSync(join(folder, "weights.safetensors"), weights);
  writeFileSync(join(folder, "tokenizer.json"), tokenizer);
  return folder;
}
