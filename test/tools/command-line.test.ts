import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { formatBytes, startProgress } from "../../tools/progress.ts";
import { runTool } from "./run-tool.ts";

const COMMANDS = ["pull", "pack", "unpack", "evaluate", "explain-route"];

test("--help lists the commands on stdout", async () => {
  const { exitCode, out, err } = await runTool(["--help"]);
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: "" });
  for (const command of COMMANDS) expect(out).toMatch(new RegExp(`^  ${command} +\\w`, "m"));
});

test.each(COMMANDS)("%s --help explains the command, arguments or not", async (command) => {
  const { exitCode, out, err } = await runTool([command, "--help"]);
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: "" });
  expect(out).toContain(`Usage: npm run tools -- ${command} `);
  expect(out.split("\n").length).toBeGreaterThan(3);
});

test.each<[string[], string]>([
  [[], "Name a command."],
  [["train"], 'There is no command "train".'],
  [["constructor"], 'There is no command "constructor".'],
  [["pack"], "CHECKPOINT_DIR is missing."],
  [["pack", "a"], "OUT_DIR is missing."],
  [["pack", "a", "b", "c"], '"c" is one argument too many.'],
  [["pack", "a", "b", "--fast"], "'--fast'"],
  [["pull", "a/b/c"], '"a/b/c" is not the name of a model'],
  [["pull", "../secret"], '"../secret" is not the name of a model'],
])(
  "a command line that cannot be understood, %j, exits with 2 and says how it goes",
  async (argv, saying) => {
    const { exitCode, out, err } = await runTool(argv);
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: "" });
    expect(err).toContain(saying);
    expect(err).toContain("Usage: npm run tools -- ");
  },
);

test("node tools/index.ts is the command line, and its exit code says how it went", () => {
  const run = (...argv: string[]) =>
    spawnSync(process.execPath, ["tools/index.ts", ...argv], {
      cwd: `${import.meta.dirname}/../..`,
      encoding: "utf8",
    });
  expect(run("--help")).toMatchObject({ status: 0, stdout: expect.stringContaining("unpack") });
  expect(run("unpack", "/nowhere", "/tmp/never")).toMatchObject({ status: 1, stdout: "" });
  expect(run("nothing")).toMatchObject({ status: 2, stdout: "" });
});

test("a progress bar is drawn on a terminal, within its width, and removed at the end", () => {
  const writes: string[] = [];
  const terminal = { write: (text: string) => writes.push(text), isTTY: true, columns: 60 };
  const progress = startProgress(terminal, "model.safetensors", 2_000_000);
  progress.update(1_000_000);
  progress.update(2_000_000);
  progress.end();
  const lines = writes.join("").split("\r\x1b[2K");
  expect(lines).toEqual([
    "",
    expect.stringMatching(/^model\.safetensors {2}\[#{12}-{12}\] 50%/),
    expect.stringMatching(/^model\.safetensors {2}\[#{24}\] 100%/),
    "",
  ]);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(60);
});

test("without a terminal no progress is written", () => {
  const writes: string[] = [];
  const progress = startProgress({ write: (text) => writes.push(text) }, "x", 10);
  progress.update(10);
  progress.end();
  expect(writes).toEqual([]);
});

test.each<[number, string]>([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1.0 kB"],
  [999_949, "999.9 kB"],
  [999_950, "1.0 MB"],
  [90_866_412, "90.9 MB"],
  [5.2e12, "5.2 TB"],
])("%d bytes are written as %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});
