/** The settings of this deployment, read when an isolate starts. */
import { env } from "cloudflare:workers";
import { bundledNames } from "./models.ts";
import { readSettings, type Settings } from "./settings.ts";
import type { Checked } from "./setting-values.ts";

export const SETTINGS: Checked<Settings> = readSettings(
  env as unknown as Record<string, unknown>,
  bundledNames(),
);

if (!SETTINGS.ok) {
  for (const problem of SETTINGS.problems) {
    console.log(JSON.stringify({ level: "error", misconfigured: problem }));
  }
}
