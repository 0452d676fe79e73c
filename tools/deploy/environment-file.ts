/** The configuration of an environment as a file that wrangler can read. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { readConfigFile, readWorkerConfig, type ConfigTable } from "../worker-config.ts";
import { checkEnvironmentName, environmentConfig, PRODUCTION } from "./environment.ts";

export interface EnvironmentFile {
  config: ConfigTable;
  /** Its path, relative to the project: paths that it holds are relative to its folder. */
  file: string;
}

/**
 * The configuration of an environment: of production wrangler.toml itself, of any other a file that is made of it and of `wrangler.ENVIRONMENT.toml`,
 * if there is one.
 *
 * @throws UsageError if `environment` may not be a name of one, UserError if a file cannot be understood
 */
export function environmentFile(project: string, environment: string): EnvironmentFile {
  checkEnvironmentName(environment);
  const base = readWorkerConfig(project);
  if (environment === PRODUCTION) return { config: base, file: "wrangler.toml" };
  const own = readConfigFile(join(project, `wrangler.${environment}.toml`));
  const config = environmentConfig(base, environment, own);
  const file = `.wrangler-${environment}.jsonc`;
  const origin = `// Made by npm run deploy of wrangler.toml and wrangler.${environment}.toml, if there is one.\n`;
  writeFileSync(join(project, file), `${origin}${JSON.stringify(config, null, 2)}\n`);
  return { config, file };
}
