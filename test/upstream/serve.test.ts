import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, expect, test } from "vitest";

const running: ChildProcess[] = [];
afterEach(() => running.splice(0).forEach((child) => child.kill("SIGKILL")));

function serve(...argv: string[]) {
  const child = spawn(process.execPath, [join(import.meta.dirname, "serve.ts"), ...argv]);
  running.push(child);
  return child;
}

test("starts with a fault, takes another by PUT /fault, and ends when interrupted", async () => {
  const child = serve("--port", "0", "--fault", '{"kind":"status","status":503}');
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const url = /^Listening on (http:\S+)$/m.exec(line.toString())![1]!;
  const body = JSON.stringify({ query: "q", texts: ["d"] });
  const status = async (): Promise<number> =>
    (await fetch(`${url}/rerank`, { method: "POST", body })).status;
  const put = (fault: string): Promise<Response> =>
    fetch(`${url}/fault`, { method: "PUT", body: fault });
  expect(await status()).toBe(503);
  expect((await put('{"kind":"status","status":500}')).status).toBe(204);
  expect(await status()).toBe(500);
  for (const wrong of [
    "{",
    '{"kind":"nope"}',
    '{"kind":"delay"}',
    '{"kind":"hang","twice":true}',
  ]) {
    const response = await put(wrong);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ message: expect.stringMatching(/./) });
  }
  expect(await status()).toBe(500);
  expect((await put("null")).status).toBe(204);
  expect(await status()).toBe(200);
  // A call that is being answered for days does not keep it.
  await put('{"kind":"slow_drip","ms":1000000000}');
  await fetch(`${url}/rerank`, { method: "POST", body });
  child.kill("SIGINT");
  expect(await once(child, "exit")).toEqual([0, null]);
});

test("a fault that cannot be understood ends it with one message", async () => {
  const child = serve("--fault", '{"kind":"nope"}');
  const [message, [exitCode]] = await Promise.all([text(child.stderr), once(child, "exit")]);
  expect(message).toMatch(/^--fault: /);
  expect(exitCode).toBe(1);
});
