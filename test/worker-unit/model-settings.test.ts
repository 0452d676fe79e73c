import { describe, expect, test } from "vitest";
import { parseModelSettings } from "../../worker/model-settings.ts";

const MINE = { name: "x/mine", source: "r2", prefix: "models/mine/" };
const LARGE = { name: "large", source: "backend" };

describe("the setting MODELS", () => {
  test("may be absent or empty: no further models", () => {
    for (const none of [undefined, null, "", "[]", []])
      expect(parseModelSettings(none)).toEqual({ ok: true, value: [] });
  });

  test("is the same as a list and as its JSON text", () => {
    const expected = { ok: true, value: [MINE, { ...LARGE, backend: {} }] };
    expect(parseModelSettings([MINE, LARGE])).toEqual(expected);
    expect(parseModelSettings(JSON.stringify([MINE, LARGE]))).toEqual(expected);
  });

  test("may name the digest of a model in R2", () => {
    const pinned = { ...MINE, digest: "0123456789abcdef".repeat(4) };
    expect(parseModelSettings([pinned])).toEqual({ ok: true, value: [pinned] });
  });

  test("has a backend's own keys beside its name", () => {
    const backend = {
      url: "https://gpu.example/rerank",
      protocol: "tei",
      model: "BAAI/bge-reranker-v2-m3",
      api_key: "k",
    };
    expect(parseModelSettings([{ ...LARGE, ...backend }])).toEqual({
      ok: true,
      value: [{ ...LARGE, backend }],
    });
  });
});

describe("what is wrong with it is said in a sentence:", () => {
  test.each<[string, unknown, string]>([
    ["no JSON", "[{", "MODELS is not JSON"],
    ["no list", '{"name": "a"}', "MODELS must be a list of models"],
    ["a number", 7, "MODELS must be a list of models"],
    ["a model that is no object", ["a"], "MODELS[0] must be an object"],
    ["no name", [{ source: "r2", prefix: "a/" }], "MODELS[0].name must be a text"],
    ["an empty name", [{ ...MINE, name: "" }], "MODELS[0].name must not be empty"],
    [
      "a long name",
      [{ ...MINE, name: "a".repeat(201) }],
      "MODELS[0].name must not be longer than 200 characters",
    ],
    ["no source", [{ name: "a" }], 'MODELS[0].source must be "r2" or "backend"'],
    ["another source", [{ ...MINE, source: "s3" }], 'MODELS[0].source must be "r2" or "backend"'],
    [
      "no prefix",
      [{ name: "a", source: "r2" }],
      "MODELS[0].prefix must be a text such as models/mine/",
    ],
    [
      "a prefix without its slash",
      [{ ...MINE, prefix: "models/mine" }],
      "MODELS[0].prefix must end in a slash and not start with one",
    ],
    [
      "a prefix from a root that buckets have not",
      [{ ...MINE, prefix: "/mine/" }],
      "MODELS[0].prefix must end in a slash and not start with one",
    ],
    [
      "a digest that is none",
      [{ ...MINE, digest: "sha256:abc" }],
      "MODELS[0].digest must be the digest in its model.json",
    ],
    [
      "an unknown key",
      [MINE, { ...LARGE, urll: "https://a.example" }],
      'MODELS[1] has the unknown key "urll"',
    ],
    [
      "a backend's key of a model in R2",
      [{ ...MINE, url: "https://a.example" }],
      'MODELS[0] has the unknown key "url"',
    ],
    ["a backend's key that is no text", [{ ...LARGE, url: 1 }], "MODELS[0].url must be a text"],
    [
      "a name twice",
      [MINE, { ...LARGE, name: "x/mine" }],
      'MODELS[1].name is "x/mine", which another model has',
    ],
    [
      "the name of a bundled model",
      [{ ...MINE, name: "x/bundled" }],
      'MODELS[0].name is "x/bundled", which another model has',
    ],
  ])("%s", (_, value, problem) => {
    expect(parseModelSettings(value, ["x/bundled"])).toEqual({ ok: false, problem });
  });

  test("a key is never in it", () => {
    for (const broken of [
      [{ ...LARGE, api_key: ["s3cret"] }],
      '[{"name": "a", "source": "backend", "api_key": "s3cret",}]',
      [{ ...LARGE, api_key: "s3cret", url: 1 }],
    ]) {
      const parsed = parseModelSettings(broken);
      expect(parsed.ok).toBe(false);
      expect(JSON.stringify(parsed)).not.toContain("s3cret");
    }
  });
});
