/** Production bundles of a Worker, as `wrangler deploy` would upload them. */
import { cp, mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PROJECT_PARTS } from "../project-parts.ts";
import { PEERS_FOLDER, ROOT } from "./paths.ts";
import { run } from "./run.ts";

/** Where the build takes the model from. */
const MODEL_FOLDER = "models/rerank-minilm-l6";

const WORKERS = "test/bench/workers";

/** The service, or one of `workers/`. */
export type WorkerName = "service" | "empty" | "engine-only";

export interface Bundle {
  /** Holds the one .js file and the modules it imports. */
  folder: string;
  /** Holds the static assets that are deployed with it. */
  assets: string;
  /** `Total Upload` of `wrangler deploy --dry-run`. */
  uploadKib: number;
}

/** A copy of the sources that bundle a given model in place of the default one. */
export async function stageProject(name: string, packedModel: string): Promise<string> {
  const project = join(PEERS_FOLDER, "projects", name);
  await rm(project, { recursive: true, force: true });
  await mkdir(project, { recursive: true });
  for (const part of [...PROJECT_PARTS, WORKERS]) {
    await cp(join(ROOT, part), join(project, part), { recursive: true });
  }
  await cp(packedModel, join(project, MODEL_FOLDER), { recursive: true });
  await symlink(join(ROOT, "node_modules"), join(project, "node_modules"));
  return project;
}

/** @param project - From {@link stageProject}. */
export async function bundle(project: string, worker: WorkerName): Promise<Bundle> {
  const folder = join(project, "bundles", worker);
  const entry = worker === "service" ? [] : await otherEntry(project, worker);
  const output = await run(
    join(ROOT, "node_modules/.bin/wrangler"),
    ["deploy", ...entry, "--dry-run", "--outdir", folder],
    { cwd: project, env: { ...process.env, WRANGLER_SEND_METRICS: "false" } },
  );
  const upload = /Total Upload: ([\d.]+) KiB/.exec(output);
  if (!upload) throw new Error(`wrangler did not say the bundle's size:\n${output}`);
  return { folder, assets: join(project, "worker/build"), uploadKib: Number(upload[1]) };
}

/** Tables of wrangler.toml that name a class, which wrangler then asks of a Worker. */
const CLASSES = /\[\[(?:workflows|durable_objects\.bindings|migrations)\]\]\n(?:.+\n)+/g;

/** Arguments for a Worker other than the service, which has none of its classes. */
async function otherEntry(project: string, worker: WorkerName): Promise<string[]> {
  const text = await readFile(join(project, "wrangler.toml"), "utf8");
  const config = join(project, `${worker}.toml`);
  await writeFile(config, text.replaceAll(CLASSES, ""));
  return [join(WORKERS, `${worker}.ts`), "--config", config];
}
