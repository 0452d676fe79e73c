import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { deployAtOnce, deployGradually, promote, rollBack } from "../../../tools/deploy/rollout.ts";
import { standInWrangler } from "./stand-in-wrangler.ts";

const scratch = (): string => mkdtempSync(join(tmpdir(), "x-rerank-rollout-"));

const deployed = (...versions: [string, number][]): Record<string, string> => ({
  "deployments status": JSON.stringify({
    versions: versions.map(([version_id, percentage]) => ({ version_id, percentage })),
  }),
});

test("at once is one command", async () => {
  const wrangler = standInWrangler({});
  await deployAtOnce(wrangler);
  expect(wrangler.runs).toEqual(["deploy"]);
});

test.each([
  [10, ["new@10", "old@90"]],
  [0, ["new@0", "old@100"]],
])("a new version gets %i %% and the current one the rest", async (percentage, shares) => {
  const wrangler = standInWrangler(deployed(["old", 100]), "new");
  const upload = await deployGradually(wrangler, percentage, scratch());
  expect(upload).toEqual({ version: "new", before: "old" });
  expect(wrangler.runs.slice(1)).toEqual([
    "versions upload",
    `versions deploy ${shares.join(" ")} --yes`,
  ]);
});

test("of two versions that share the requests, the one with more of them keeps the rest", async () => {
  const wrangler = standInWrangler(deployed(["tried", 5], ["old", 95]), "new");
  await deployGradually(wrangler, 20, scratch());
  expect(wrangler.runs.at(-1)).toBe("versions deploy new@20 old@80 --yes");
});

test("where nothing is deployed, nothing is uploaded", async () => {
  const wrangler = standInWrangler({}, "new");
  await expect(deployGradually(wrangler, 10, scratch())).rejects.toThrow(
    "nothing else is deployed",
  );
  expect(wrangler.runs).toEqual(["deployments status --json"]);
});

test("a version is promoted, and taken back", async () => {
  const wrangler = standInWrangler({});
  await promote(wrangler, "new", 100);
  await rollBack(wrangler);
  await rollBack(wrangler, "old");
  expect(wrangler.runs).toEqual([
    "versions deploy new@100 --yes",
    expect.stringMatching(/^rollback --yes/),
    expect.stringMatching(/^rollback old --yes/),
  ]);
});

test("a version that has a share gets a larger one", async () => {
  const wrangler = standInWrangler(deployed(["new", 60], ["old", 40]));
  await promote(wrangler, "new", 80);
  expect(wrangler.runs.at(-1)).toBe("versions deploy new@80 old@20 --yes");
  await expect(promote(standInWrangler(deployed(["new", 100])), "new", 80)).rejects.toThrow(
    "nothing else is deployed",
  );
});

test("what wrangler cannot do is a failure", async () => {
  const wrangler = { ...standInWrangler({}), show: async () => 1 };
  await expect(deployAtOnce(wrangler)).rejects.toThrow("wrangler deploy has failed");
});
