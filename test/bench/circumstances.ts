import { readFile } from "node:fs/promises";
import { cpus, loadavg, totalmem } from "node:os";
import { join } from "node:path";
import { ROOT } from "./paths.ts";
import { loadOnnxRuntime } from "./peers/onnxruntime.ts";
import type { Peers } from "./peers/prepare.ts";
import type { DatedSection, Section } from "./report.ts";
import { run } from "./run.ts";

/** Date, machine, versions and commit of a measurement that starts now. */
export async function circumstances({
  packedModel,
}: Peers): Promise<Omit<DatedSection, keyof Section | "command">> {
  const [cpu] = cpus();
  const memoryGib = Math.round(totalmem() / 2 ** 30);
  const { name } = JSON.parse(await readFile(join(packedModel, "model.json"), "utf8")) as {
    name: string;
  };
  const web = loadOnnxRuntime("onnxruntime-web").env.versions["web"];
  const native = loadOnnxRuntime("onnxruntime-node").env.versions["node"];
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpu?.model.trim()} with ${cpus().length} cores, ${memoryGib} GiB`,
    versions: [
      `model ${name}`,
      `Node ${process.versions.node}`,
      `onnxruntime-web ${web}`,
      `onnxruntime-node ${native}`,
      `transformers.js ${await versionOf("@huggingface/transformers")}`,
      `workerd ${await versionOf("workerd")}`,
    ].join(", "),
    commit: await commit(),
    loadAverage: loadavg()[0]!.toFixed(1),
  };
}

async function versionOf(packageName: string): Promise<string> {
  const manifest = await readFile(join(ROOT, "node_modules", packageName, "package.json"), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}

async function commit(): Promise<string> {
  try {
    const hash = await run("git", ["rev-parse", "--short", "HEAD"], { cwd: ROOT });
    const changes = await run("git", ["status", "--porcelain", "--", "engine", "worker"], {
      cwd: ROOT,
    });
    return `commit ${hash.trim()}${changes === "" ? "" : " with changes"}`;
  } catch {
    return "no commit";
  }
}
