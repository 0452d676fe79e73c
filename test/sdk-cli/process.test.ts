import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startStubService, type StubService } from "../sdk-package/stub-service.ts";

const SCRIPT = join(import.meta.dirname, "../../sdk/cli/index.ts");

let stub: StubService;
let hangs = false;
let onHang: () => void = () => {};
beforeAll(async () => {
  stub = await startStubService(() => {
    if (!hangs) return undefined;
    onHang();
    return "hang";
  });
});
afterAll(() => stub.close());

function start(...argv: string[]) {
  // Without warnings of a Node that reads TypeScript as an experiment.
  const args = ["--disable-warning=ExperimentalWarning", SCRIPT, ...argv];
  return spawn(process.execPath, args, { env: { ...process.env, RERANK_BASE_URL: stub.url } });
}

test("as a process: stdin in, stdout and the exit code out", async () => {
  const child = start("rerank", "-q", "red", "--tsv");
  child.stdin.end("green\nred\n");
  const [out, err, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "exit"),
  ]);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out).toBe("rank\tscore\tindex\ttext\n1\t1\t1\tred\n2\t0\t0\tgreen\n");
});

test("SIGINT ends the call with exit code 130", async () => {
  hangs = true;
  const child = start("rerank", "-q", "red");
  onHang = () => child.kill("SIGINT");
  child.stdin.end("a");
  const [out, err, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "exit"),
  ]);
  hangs = false;
  expect({ code, out, err }).toEqual({ code: 130, out: "", err: "" });
});

test("a reader that has read enough ends the output without a complaint", async () => {
  const child = start("rerank", "-q", "red", "--tsv");
  child.stdin.end("a long line that fills a pipe\n".repeat(20_000));
  child.stdout.once("data", () => child.stdout.destroy());
  const [err, [code]] = await Promise.all([text(child.stderr), once(child, "exit")]);
  expect({ code, err }).toEqual({ code: 0, err: "" });
});
