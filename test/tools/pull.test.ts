import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, writeFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { startHub, type Hub, type HubOptions } from "./hub-server.ts";
import { runTool, temporaryFolder } from "./run-tool.ts";
import {
  safetensorsFile,
  smallConfig,
  smallTensors,
  smallTokenizer,
  VOCABULARY,
  writeCheckpoint,
} from "./small-checkpoint.ts";

const NAME = "cross-encoder/small";
const TOKEN = "hf_secret";
const newFolder = temporaryFolder();

const weights = safetensorsFile(smallTensors());
const checkpoint = {
  ".gitattributes": Buffer.from("*.safetensors filter=lfs\n"),
  "README.md": Buffer.from("# Small\n"),
  "config.json": Buffer.from(JSON.stringify(smallConfig())),
  "model.safetensors": weights,
  "tokenizer.json": Buffer.from(JSON.stringify(smallTokenizer())),
  "tokenizer_config.json": Buffer.from("{}"),
  "vocab.txt": Buffer.from(VOCABULARY.join("\n")),
};

/** What `pack` makes of the same checkpoint. */
const packedWeights = (async () => {
  const folder = newFolder();
  await runTool(["pack", writeCheckpoint(newFolder()), folder]);
  return readFileSync(join(folder, "weights.safetensors"));
})();

interface Place {
  hub: Hub;
  cache: string;
  folder: string;
}

async function place(options: Partial<HubOptions> = {}): Promise<Place> {
  const hub = await startHub({ name: NAME, files: checkpoint, ...options });
  return { hub, cache: newFolder(), folder: newFolder() };
}

function pull(
  { hub, cache, folder }: Place,
  env: Record<string, string> = {},
  ...options: string[]
) {
  const argv = ["pull", NAME, folder, "--cache", cache, ...options];
  return runTool(argv, { HF_ENDPOINT: hub.endpoint, ...env });
}

async function expectPacked({ folder }: Place): Promise<void> {
  expect(readFileSync(join(folder, "weights.safetensors")).equals(await packedWeights)).toBe(true);
}

describe("pull", () => {
  test("downloads a model at the commit its revision names, packs it and records where it is from", async () => {
    const at = await place();
    const { exitCode, out, err } = await pull(at);
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: `${NAME} at commit ${at.hub.commit}\n` });
    expect(out).toContain(`Packed ${NAME} (1 label`);
    await expectPacked(at);
    const manifest = JSON.parse(readFileSync(join(at.folder, "model.json"), "utf8"));
    expect(manifest).toMatchObject({
      name: NAME,
      source: { repository: NAME, revision: at.hub.commit },
    });
    const [first, ...rest] = at.hub.requests;
    expect(first).toBe(`GET /api/models/${NAME}/revision/main`);
    expect(rest.filter((request) => !request.includes(at.hub.commit))).toEqual([]);
  });

  test("downloads only what packing needs", async () => {
    const at = await place();
    await pull(at, {}, "--keep");
    const kept = readdirSync(join(at.cache, "cross-encoder--small", at.hub.commit)).sort();
    expect(kept).toEqual([
      "config.json",
      "model.safetensors",
      "tokenizer.json",
      "tokenizer_config.json",
    ]);
  });

  test("leaves nothing in the cache unless it is told to keep the checkpoint", async () => {
    const at = await place();
    expect((await pull(at, {}, "--keep")).out).toContain(`The float checkpoint is in ${at.cache}`);
    expect((await pull(at)).exitCode).toBe(0);
    expect(readdirSync(join(at.cache, "cross-encoder--small"))).toEqual([]);
  });

  test("takes another revision and a slash at the end of HF_ENDPOINT", async () => {
    const at = await place();
    const env = { HF_ENDPOINT: `${at.hub.endpoint}/` };
    expect(await pull(at, env, "--revision", "refs/pr/1")).toMatchObject({ exitCode: 0 });
    expect(at.hub.requests[0]).toBe(`GET /api/models/${NAME}/revision/refs%2Fpr%2F1`);
  });

  test("takes vocab.txt where there is no tokenizer.json, and weights in shards", async () => {
    const entries = [...smallTensors()];
    const shards = {
      "model-1.safetensors": entries.slice(0, 9),
      "model-2.safetensors": entries.slice(9),
    };
    const map = Object.entries(shards).flatMap(([file, part]) =>
      part.map(([name]) => [name, file]),
    );
    const files = {
      "config.json": checkpoint["config.json"],
      "vocab.txt": checkpoint["vocab.txt"],
      "model.safetensors.index.json": Buffer.from(
        JSON.stringify({ weight_map: Object.fromEntries(map) }),
      ),
      ...Object.fromEntries(
        Object.entries(shards).map(([file, part]) => [file, safetensorsFile(new Map(part))]),
      ),
    };
    const at = await place({ files });
    expect(await pull(at)).toMatchObject({ exitCode: 0 });
    await expectPacked(at);
  });

  test("sends HF_TOKEN to the hub, and not to the host that the hub sends it on to", async () => {
    const at = await place({ token: TOKEN });
    expect(await pull(at, { HF_TOKEN: ` ${TOKEN}\n` })).toMatchObject({ exitCode: 0 });
    await expectPacked(at);
  });
});

describe("a transfer that breaks", () => {
  test("goes on where it stopped, in the same run", async () => {
    const at = await place();
    at.hub.breakNext = { afterBytes: 10_000, how: "close" };
    const { exitCode, err } = await pull(at);
    expect(exitCode).toBe(0);
    expect(err).toMatch(/trying again in 0\.5 s/);
    expect(at.hub.ranges).toEqual([undefined, "bytes=10000-"]);
    await expectPacked(at);
  });

  test("goes on where it stopped, in the next run, when the process died", async () => {
    const at = await place();
    at.hub.breakNext = { afterBytes: 20_000, how: "stall" };
    const partial = join(
      at.cache,
      "cross-encoder--small",
      at.hub.commit,
      "model.safetensors.partial",
    );
    const broken = new Promise<void>((resolve) => (at.hub.onBreak = resolve));
    const child = spawn(
      process.execPath,
      ["tools/index.ts", "pull", NAME, at.folder, "--cache", at.cache],
      {
        cwd: join(import.meta.dirname, "../.."),
        env: { ...process.env, HF_ENDPOINT: at.hub.endpoint },
      },
    );
    await broken;
    await expect.poll(() => readFileSync(partial).length, { timeout: 5000 }).toBe(20_000);
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(existsSync(at.folder)).toBe(false);

    const { exitCode, err } = await pull(at);
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: expect.not.stringContaining("again") });
    expect(at.hub.ranges).toEqual([undefined, "bytes=20000-"]);
    const configs = at.hub.requests.filter((request) => request.endsWith("/config.json"));
    expect(configs.length).toBe(2);
    await expectPacked(at);
  });

  test("starts anew where the server does not answer ranges", async () => {
    const at = await place({ ignoresRanges: true });
    at.hub.breakNext = { afterBytes: 10_000, how: "close" };
    expect(await pull(at)).toMatchObject({ exitCode: 0 });
    expect(at.hub.ranges).toEqual([undefined, "bytes=10000-"]);
    await expectPacked(at);
  });

  test("starts anew when what an earlier run left is not a beginning of the file", async () => {
    const at = await place();
    const folder = join(at.cache, "cross-encoder--small", at.hub.commit);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "model.safetensors.partial"), "x".repeat(3000));
    expect(await pull(at)).toMatchObject({ exitCode: 0 });
    expect(at.hub.ranges).toEqual(["bytes=3000-", undefined]);
    await expectPacked(at);
  });

  test("is tried again after a passing status of the hub", async () => {
    const at = await place();
    const statuses = [503, undefined, 429];
    at.hub.onRequest = () => statuses.shift();
    const { exitCode, err } = await pull(at);
    expect(exitCode).toBe(0);
    expect(err).toContain("status 503; trying again in 0.5 s");
    expect(err).toContain("status 429; trying again in 0.5 s");
  });
});

describe("pull says in one line what is wrong and what to do, and writes no model:", () => {
  async function expectRefusal(at: Place, result: ReturnType<typeof pull>, saying: string[]) {
    const { exitCode, out, err } = await result;
    expect({ exitCode, out }).toEqual({ exitCode: 1, out: "" });
    const lines = err
      .trimEnd()
      .split("\n")
      .filter((line) => !line.includes(" at commit ") && !line.includes("trying again"));
    expect(lines).toEqual([expect.stringMatching(/^pull: /)]);
    for (const text of saying) expect(lines[0]).toContain(text);
    expect(existsSync(at.folder)).toBe(false);
  }

  test.each(["model.safetensors", "config.json"])(
    "a %s whose bytes are not the listed ones",
    async (file) => {
      const at = await place({ tampered: file });
      await expectRefusal(at, pull(at), [file, "does not have the hash", "deleted"]);
      const left = readdirSync(join(at.cache, "cross-encoder--small", at.hub.commit));
      expect(left.filter((name) => name.startsWith(file))).toEqual([]);
    },
  );

  test("a model that does not exist", async () => {
    const at = await place({ name: "other/model" });
    await expectRefusal(at, pull(at), [`no model ${NAME}`, "revision main", "Check the name"]);
  });

  test("a revision that does not exist", async () => {
    const at = await place();
    await expectRefusal(at, pull(at, {}, "--revision", "v9"), [NAME, "revision v9", "--revision"]);
  });

  test("a private model without a token", async () => {
    const at = await place({ token: TOKEN });
    await expectRefusal(at, pull(at), ["private or gated", "set HF_TOKEN"]);
  });

  test("a token that the hub refuses", async () => {
    const at = await place({ token: TOKEN });
    await expectRefusal(at, pull(at, { HF_TOKEN: "hf_other" }), [
      "refuses the token in HF_TOKEN",
      "/settings/tokens",
    ]);
  });

  test("a gated model, with and without a token", async () => {
    const at = await place({ gated: true });
    await expectRefusal(at, pull(at), [
      "gated",
      "HF_TOKEN is not set",
      `Ask for access at ${at.hub.endpoint}/${NAME}`,
    ]);
    await expectRefusal(at, pull(at, { HF_TOKEN: TOKEN }), ["gated", "HF_TOKEN has no access"]);
  });

  test("a variable that holds something else", async () => {
    const at = await place();
    await expectRefusal(at, pull(at, { HF_TOKEN: "secret" }), ["HF_TOKEN", 'start with "hf_"']);
    await expectRefusal(at, pull(at, { HF_ENDPOINT: "hub.example" }), ["HF_ENDPOINT"]);
    expect(at.hub.requests).toEqual([]);
  });

  test("a model without safetensors", async () => {
    const { "model.safetensors": _, ...files } = checkpoint;
    const at = await place({ files: { ...files, "pytorch_model.bin": weights } });
    await expectRefusal(at, pull(at), ["has no model.safetensors", "refs/pr/NUMBER"]);
  });

  test("a model without a tokenizer", async () => {
    const { "tokenizer.json": _, "vocab.txt": __, ...files } = checkpoint;
    const at = await place({ files });
    await expectRefusal(at, pull(at), ["neither tokenizer.json nor vocab.txt"]);
  });

  test("a model that cannot be packed", async () => {
    const config = Buffer.from(JSON.stringify({ ...smallConfig(), model_type: "modernbert" }));
    const at = await place({ files: { ...checkpoint, "config.json": config } });
    await expectRefusal(at, pull(at), ['model_type is "modernbert"']);
  });

  test("a server that is not the hub", async () => {
    const at = await place();
    at.hub.onRequest = () => 418;
    await expectRefusal(at, pull(at), ["answered 418"]);
  });

  test("a hub that cannot be reached, after trying again", { timeout: 20_000 }, async () => {
    const at = await place();
    const nowhere = pull(at, { HF_ENDPOINT: "http://127.0.0.1:1" });
    await expectRefusal(at, nowhere, ["Cannot reach http://127.0.0.1:1", "Check the network"]);
    expect((await nowhere).err.match(/trying again/g)).toHaveLength(4);
  });
});
