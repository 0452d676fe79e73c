import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { kindOfKey } from "../../worker/auth/api-key.ts";
import { keyRecordSchema } from "../../worker/auth/key-record.ts";
import { runTool, temporaryFolder } from "./run-tool.ts";

const newPath = temporaryFolder();

const KEY = /^rkp?_\w{38}\n$/;

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

async function printed(...argv: string[]) {
  const { exitCode, out, err } = await runTool(["keys", "create", ...argv, "--print"]);
  expect(exitCode, err).toBe(0);
  return { record: keyRecordSchema.parse(JSON.parse(out)), key: err.trim() };
}

describe("keys create --print", () => {
  test("prints the record for the secret, and the key apart from it", async () => {
    const before = Date.now();
    const options = ["--scopes", "rerank, jobs", "--rate", "600", "--tokens-per-day", "1000000"];
    const { record, key } = await printed("shop", ...options, "--expires", "90d");
    expect(kindOfKey(key)).toBe("secret");
    const { createdAt, expiresAt, ...rest } = record;
    expect(rest).toEqual({
      name: "shop",
      sha256: sha256(key),
      scopes: ["rerank", "jobs"],
      requestsPerMinute: 600,
      tokensPerDay: 1_000_000,
    });
    expect(Date.parse(createdAt)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(expiresAt!) - Date.parse(createdAt)).toBe(90 * 86_400_000);
  });

  test("of a publishable key has its origins, and all scopes that it may have", async () => {
    const origins = "https://a.example,https://b.example";
    const { record, key } = await printed("web", "--publishable", "--origins", origins);
    expect(kindOfKey(key)).toBe("publishable");
    expect(record).toMatchObject({ scopes: ["rerank", "score"], origins: origins.split(",") });
    expect(record).not.toHaveProperty("expiresAt");
  });
});

describe("keys is not understood", () => {
  const scopes = ["--scopes", "rerank"];
  test.each<[string, string[], string]>([
    ["another action", ["make", "a"], "ACTION must be one of create, list, rotate, revoke"],
    ["no name", ["create", ...scopes], "NAME is missing"],
    ["a name to list", ["list", "a"], "list has no NAME"],
    ["no scopes", ["create", "a"], "--scopes is missing"],
    ["another scope", ["create", "a", "--scopes", "all"], "must be one of rerank, score"],
    ["a name with a colon", ["create", "jwt:a", ...scopes], "must be 1 to 64 letters"],
    ["no number", ["create", "a", ...scopes, "--rate", "0"], "--rate must be a whole number"],
    ["no time", ["create", "a", ...scopes, "--expires", "soon"], "--expires must be such as"],
    ["publishable without origins", ["create", "a", "--publishable"], "need one another"],
    [
      "origins of a secret key",
      ["create", "a", ...scopes, "--origins", "https://a.example"],
      "need one another",
    ],
    [
      "a page that may read jobs",
      ["create", "a", "--publishable", "--origins", "https://a.example", "--scopes", "jobs"],
      "of a publishable key can be rerank, score",
    ],
    ["an option of another action", ["revoke", "a", ...scopes], "revoke has no option --scopes"],
    ["rotate with --print", ["rotate", "a", "--print"], "rotate has no option --print"],
  ])("with %s", async (_, argv, problem) => {
    const { exitCode, out, err } = await runTool(["keys", ...argv]);
    expect([exitCode, out]).toEqual([2, ""]);
    expect(err).toContain(problem);
  });
});

test(
  "a key is made, exchanged and revoked in the KV of wrangler dev",
  // Wrangler takes seconds to start, on a busy machine many.
  { timeout: 600_000 },
  async () => {
    const state = newPath();
    const keys = async (...argv: string[]) => {
      const place = ["--local", "--persist-to", state];
      const { exitCode, out, err } = await runTool(["keys", ...argv, ...place]);
      return { exitCode, out, err };
    };
    const listed = async () => (await keys("list")).out.trim().split("\n").filter(Boolean);

    const made = await keys("create", "shop", "--scopes", "rerank", "--expires", "90d");
    expect(made.exitCode, made.err).toBe(0);
    expect(made.out).toMatch(KEY);

    const twice = await keys("create", "shop", "--scopes", "score");
    expect([twice.exitCode, twice.out]).toEqual([1, ""]);
    expect(twice.err).toContain('there is a key "shop"');

    const rotated = await keys("rotate", "shop", "--overlap", "1h");
    expect(rotated.out).toMatch(KEY);
    expect(rotated.out).not.toBe(made.out);
    const lines = await listed();
    expect(lines.map((line) => line.slice(-8))).toEqual(
      [rotated.out, made.out].map((key) => sha256(key.trim()).slice(0, 8)),
    );
    const [young, old] = lines.map((line) => Date.parse(/expires (\S+)/.exec(line)![1]!));
    expect(young! - old!).toBeGreaterThan(80 * 86_400_000);
    expect(lines.join()).not.toContain(made.out.trim());

    expect((await keys("revoke", "shop")).err).toContain("2 revoked");
    const again = await keys("revoke", "shop");
    expect([again.exitCode, again.err]).toEqual([1, 'keys: there is no key "shop".\n']);
  },
);
