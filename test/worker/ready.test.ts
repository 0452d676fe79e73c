/** Whether the service is ready: as it was built, and with each thing that the check is for changed afterwards. */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { createTestHarness } from "wrangler";
import { packedFolder } from "../fixtures/packed-folder.ts";
import { SMALL_SHAPE, syntheticModel } from "../fixtures/synthetic-model.ts";
import { stagedProject } from "../staged-project.ts";

const project = stagedProject();

beforeAll(() => {
  const env = { ...process.env, MODEL: packedFolder(syntheticModel(SMALL_SHAPE)) };
  const built = spawnSync("npm", ["run", "--silent", "build"], { cwd: project, env });
  expect(built.status, built.stderr.toString()).toBe(0);
  const config = join(project, "wrangler.toml");
  // What is changed below would else be built again.
  const text = readFileSync(config, "utf8").replace(/^command = .*$/m, 'command = "true"');
  writeFileSync(config, text);
});

/** Starts the service in a new isolate for as long as `use` takes. */
async function serve(
  use: (get: (path: string) => Promise<Response>) => Promise<void>,
  vars: Record<string, string> = {},
): Promise<void> {
  const workers = [{ configPath: "wrangler.toml", vars }];
  const server = createTestHarness({ root: project, workers });
  try {
    const { url } = await server.listen();
    await use((path) => fetch(new URL(path, url)));
  } finally {
    await server.close();
  }
}

/** Does so with a file of the build changed. */
async function withChanged(
  file: string,
  change: (bytes: Buffer) => Buffer,
  use: Parameters<typeof serve>[0],
): Promise<void> {
  const path = join(project, file);
  const built = readFileSync(path);
  writeFileSync(path, change(Buffer.from(built)));
  await serve(use).finally(() => writeFileSync(path, built));
}

/** Every occurrence of some bytes becomes others, of which there are as many. */
function replaceBytes(bytes: Buffer, wanted: Buffer, by: Buffer): Buffer {
  let changes = 0;
  for (let at = bytes.indexOf(wanted); at >= 0; at = bytes.indexOf(wanted, at + 1)) {
    bytes.set(by, at);
    changes++;
  }
  expect(changes).toBeGreaterThan(0);
  return bytes;
}

async function expectNotReady(response: Response, check: string): Promise<void> {
  expect(response.status).toBe(503);
  expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
  const body = (await response.json()) as { code: string; message: string };
  expect(body.code).toBe("not_ready");
  expect(body.message).toContain(`"${check}"`);
}

test("as it was built, it is ready from the first request on, for all who ask at once", () =>
  serve(async (get) => {
    const answers = await Promise.all(Array.from({ length: 100 }, () => get("/ready")));
    for (const answer of answers) {
      expect(answer.status).toBe(200);
      expect(answer.headers.get("cache-control")).toBe("no-store");
    }
    const info = (await (await get("/info")).json()) as Record<string, string>;
    expect(await answers[0]!.json()).toEqual({
      status: "ready",
      model: "test/small",
      model_sha: info["model_sha"],
      version: info["version"],
      deployment: expect.any(String),
    });
  }));

test("with another expectation it is not", () =>
  withChanged(
    "worker/build/models.json",
    (bytes) => {
      const models = JSON.parse(bytes.toString()) as { selfCheck: string }[];
      const { selfCheck } = models[0]!;
      models[0]!.selfCheck = (selfCheck.startsWith("0") ? "1" : "0") + selfCheck.slice(1);
      return Buffer.from(JSON.stringify(models));
    },
    async (get) => expectNotReady(await get("/ready"), "logits"),
  ));

test("with one bit of the weights changed it is not, and is alive all the same", () =>
  withChanged(
    "worker/build/models/test-small/weights.safetensors.0",
    (bytes) => {
      bytes[bytes.length - 1]! ^= 1;
      return bytes;
    },
    async (get) => {
      await expectNotReady(await get("/ready"), "model");
      expect((await get("/health")).status).toBe(200);
    },
  ));

test("with an engine that adds where it should multiply it is not", () =>
  withChanged(
    "engine/build/engine.wasm",
    // f32x4.mul and f32x4.add
    (bytes) => replaceBytes(bytes, Buffer.from("fde601", "hex"), Buffer.from("fde401", "hex")),
    async (get) => expectNotReady(await get("/ready"), "logits"),
  ));

test("with a wrong setting it is not", () =>
  serve(async (get) => expectNotReady(await get("/ready"), "settings"), {
    EDGE_MAX_TOKENS: "many",
  }));
