/** What every GitHub workflow keeps to. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const folder = join(import.meta.dirname, "../../.github/workflows");

test.each(readdirSync(folder))("%s has least permissions and actions by digest", (file) => {
  const text = readFileSync(join(folder, file), "utf8");
  expect(text).toMatch(/^permissions: \{\}$/m);
  expect(text).not.toMatch(/: write-all|contents: write/);
  const actions = Array.from(text.matchAll(/uses: (\S+)/g), ([, action]) => action!);
  expect(actions.length).toBeGreaterThan(0);
  for (const action of actions) expect(action).toMatch(/^[\w/-]+@[0-9a-f]{40}$/);
  // A name that a stranger can choose must not become part of a script.
  expect(text).not.toMatch(/run:.*\$\{\{ *(github\.event|inputs)\.(?!_name)/);
});
