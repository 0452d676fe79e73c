/** The settings of this deployment, read when an isolate starts. */
import { env } from "cloudflare:workers";
import { bundledNames } from "./models.ts";
import { logFrom, writeLog } from "./observe/log.ts";
import { readSettings, type Settings } from "./settings.ts";
import type { Checked } from "./setting-values.ts";

export const SETTINGS: Checked<Settings> = readSettings(
  env as unknown as Record<string, unknown>,
  bundledNames(),
);

if (SETTINGS.ok) logFrom(SETTINGS.value.logLevel);
else
  for (const problem of SETTINGS.problems) writeLog({ level: "error", event: "setting", problem });
