import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readPackedModel } from "../../../tools/packed-model.ts";
import { unpackModel } from "../../../tools/unpack.ts";
import { PEERS_FOLDER } from "../paths.ts";
import { run } from "../run.ts";

/** Where each subject finds the same model. */
export interface Peers {
  /** Packed, for us. */
  packedModel: string;
  /** A folder as transformers.js and transformers read it: the float checkpoint with the packed model's very weights, and its tokenizer. */
  checkpoint: string;
  /** ONNX files in it: float32, and dynamically quantized to int8. */
  float32: string;
  q8: string;
}

const MAKE_ONNX = join(import.meta.dirname, "make_onnx.py");
const REQUIREMENTS = join(import.meta.dirname, "requirements.txt");

/**
 * Makes the peers' forms of a packed model in `bench-peers/`, or finds them there. The first time takes a minute and, unless
 * `python` is given, fetches 100 MB of Python packages.
 *
 * @param python - A Python that has requirements.txt; undefined makes one.
 */
export async function preparePeers(
  packedModel: string,
  python: string | undefined,
  print: (line: string) => void,
): Promise<Peers> {
  const { manifest } = await readPackedModel(packedModel);
  const recipe = [manifest.weights.sha256, await hashOf(MAKE_ONNX), await hashOf(REQUIREMENTS)];
  const name = createHash("sha256").update(recipe.join()).digest("hex").slice(0, 12);
  const checkpoint = join(PEERS_FOLDER, `model-${name}`);
  if (!existsSync(checkpoint)) {
    const staged = `${checkpoint}.new`;
    await rm(staged, { recursive: true, force: true });
    await mkdir(PEERS_FOLDER, { recursive: true });
    const interpreter = python ?? (await preparePython(print));
    print(`Unpacking ${packedModel} and converting it to ONNX in ${checkpoint}`);
    await unpackModel(packedModel, staged);
    await run(interpreter, [MAKE_ONNX, staged, join(staged, "onnx")]);
    await rename(staged, checkpoint);
  }
  return {
    packedModel,
    checkpoint,
    float32: join(checkpoint, "onnx/model.onnx"),
    q8: join(checkpoint, "onnx/model_quantized.onnx"),
  };
}

/** The Python of a virtual environment with requirements.txt. */
async function preparePython(print: (line: string) => void): Promise<string> {
  const folder = join(PEERS_FOLDER, "venv");
  const stamp = join(folder, "requirements.sha256");
  const wanted = await hashOf(REQUIREMENTS);
  const made = await readFile(stamp, "utf8").catch(() => "");
  const python = join(folder, "bin/python");
  if (made !== wanted) {
    print(`Installing ${REQUIREMENTS} in ${folder}`);
    await run("python3", ["-m", "venv", "--clear", folder]);
    await run(python, ["-m", "pip", "install", "--quiet", "-r", REQUIREMENTS]);
    await writeFile(stamp, wanted);
  }
  return python;
}

async function hashOf(path: string): Promise<string> {
  return createHash("sha256")
    .update(await readFile(path))
    .digest("hex");
}
