import { existsSync, readFileSync } from "node:fs";
import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { useBatchPlace } from "./batch-place.ts";

const place = useBatchPlace();
const { at, file, batch } = place;

/** Interrupts a command whose job runs, and lets a person answer. */
async function interrupted(answer: (stdin: PassThrough, again: () => void) => void) {
  place.service.ending = undefined;
  const interruption = new AbortController();
  const stdin = Object.assign(new PassThrough(), { isTTY: true });
  let again = (): void => {};
  const result = await batch([file("a.csv", 3), "-o", at("my out.csv")], {
    signal: interruption.signal,
    stdin,
    isTTY: true,
    onNextInterruption: (listener) => (again = listener),
    onStderr(text) {
      if (text.includes("scoring")) interruption.abort();
      if (text.includes("[y/N]")) setImmediate(() => answer(stdin, again));
    },
  });
  expect(result.exitCode).toBe(130);
  expect(result.err).toContain("\nCancel the job? It goes on without this program. [y/N] ");
  return { ...result, status: place.service.jobs.get("batchjob-1")!.status };
}

test("at a terminal, an interruption asks whether to cancel the job: yes", async () => {
  const { err, status } = await interrupted((stdin) => stdin.write("y\n"));
  expect(status).toBe("Canceled");
  expect(err).toMatch(/The job batchjob-1 is being canceled\.\n$/);
  expect(readFileSync(at("my out.csv.batch-state"), "utf8")).not.toContain("batchjob-1");
});

test.each<[string, (stdin: PassThrough, again: () => void) => void]>([
  ["no", (stdin) => stdin.write("n\n")],
  ["nothing", (stdin) => stdin.write("\n")],
  ["the end of input", (stdin) => stdin.end()],
  ["a second interruption", (_, again) => again()],
])("at a terminal, an interruption answered by %s leaves the job at work", async (_, answer) => {
  const { err, status } = await interrupted(answer);
  expect(status).toBe("Running");
  expect(err).toMatch(
    /The job batchjob-1 goes on\. To take it up again:\n {2}rerank batch --resume batchjob-1 --output '.*\/my out\.csv'\n$/,
  );
  expect(existsSync(at("my out.csv.batch-state"))).toBe(true);
});

test("a job that cannot be canceled is told", async () => {
  place.service.fault = ({ path }) => (path.endsWith("/cancel") ? 403 : undefined);
  const { err, status } = await interrupted((stdin) => stdin.write("yes\n"));
  expect(status).toBe("Running");
  expect(err).toContain("The service did not take that: the job batchjob-1 may go on.");
});
