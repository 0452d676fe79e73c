import { beforeAll, describe, expect, test } from "vitest";
import { listFiles, parseFileQuery, type FileQuery } from "../../../worker/files/list-files.ts";
import { useBucket } from "../../jobs/bucket.ts";

describe("what a list is asked for", () => {
  test("defaults to the first hundred of all", () => {
    expect(parseFileQuery({})).toEqual({ ok: true, value: { prefix: "", limit: 100, cursor: "" } });
  });

  test.each(["0", "1001", "-1", "1.5", "", "1e2", "x", "99999999999"])(
    "limit %j is refused",
    (limit) => {
      expect(parseFileQuery({ limit })).toMatchObject({ failure: { param: "limit" } });
    },
  );

  test.each(["prefix", "cursor"])("a %s that is longer than any name is refused", (param) => {
    expect(parseFileQuery({ [param]: "p".repeat(513) })).toMatchObject({
      failure: { kind: "over_limit", actual: 513, param },
    });
  });
});

describe("a list", () => {
  const bucket = useBucket();
  const names = Array.from({ length: 7 }, (_, index) => `a/${index}.csv`);
  beforeAll(async () => {
    for (const name of [...names, "b.csv"]) await bucket().put(`one/files/${name}`, name);
    for (const key of ["one/jobs/x", "one/filesystem", "onemore/files/a/z", "another/files/a"]) {
      await bucket().put(key, "not theirs");
    }
  });

  const list = (query: Partial<FileQuery> = {}, scope = "one") =>
    listFiles(bucket(), scope, { prefix: "", limit: 100, cursor: "", ...query });

  test("has a caller's own files and nothing else", async () => {
    const { value, nextLink } = await list();
    expect(value.map(({ name }) => name)).toEqual([...names, "b.csv"]);
    expect(nextLink).toBeUndefined();
    expect(value[0]).toMatchObject({ bytes: 7, uri: "files/a/0.csv" });
    expect(new Date(value[0]!.uploadedAt).toISOString()).toBe(value[0]!.uploadedAt);
  });

  test("of a caller without files is empty", async () => {
    expect(await list({}, "none")).toEqual({ value: [] });
  });

  test("pages through all of a prefix, each once", async () => {
    const seen: string[] = [];
    let query: Partial<FileQuery> = { prefix: "a/", limit: 3 };
    for (let pages = 0; ; pages++) {
      const { value, nextLink } = await list(query);
      seen.push(...value.map(({ name }) => name));
      if (nextLink === undefined) {
        expect(pages).toBe(2);
        break;
      }
      const next = parseFileQuery(Object.fromEntries(new URL(nextLink, "http://x").searchParams));
      if (!next.ok) throw new Error("the link is not right");
      query = next.value;
    }
    expect(seen).toEqual(names);
  });

  test.each(["", "../", "../../another/files/", "\uffff", "a/6.csv"])(
    "shows nothing of others, whatever prefix or cursor is: %j",
    async (text) => {
      const pages = [await list({ cursor: text }), await list({ prefix: text })];
      for (const { name } of pages.flatMap(({ value }) => value)) {
        expect([...names, "b.csv"]).toContain(name);
      }
    },
  );
});
