/** Which npm packages are in what we ship. Not what package.json calls a dependency: what the bundlers take in. */
import { join } from "node:path";
import { build, type Metafile, type Plugin } from "esbuild";
import { MODULES, SCRIPTS } from "../../sdk/tsdown.config.ts";

/** What leaves the repository. */
export type Artefact = "Worker" | "playground" | "API page" | "SDK";

/** The API page's one script, which comes as its makers have bundled it, with all that it depends on. */
export const BUNDLED_ELSEWHERE = { artefact: "API page", name: "@scalar/api-reference" } as const;

/** The SDK's users have these themselves, or not. */
const PEERS = ["hono", "ai", "@ai-sdk/*", "@langchain/*", "llamaindex", "@llamaindex/*"];

/**
 * Names of the packages of which code is in each artefact that is bundled here, by name.
 *
 * Bundled by esbuild with wrangler's conditions, as wrangler does; the SDK, which another bundler makes, too.
 */
export async function shippedPackages(project: string): Promise<Map<Artefact, string[]>> {
  const modules = [...MODULES, ...SCRIPTS].map((module) => `sdk/${module}.ts`);
  return new Map([
    ["Worker", await packagesIn(project, ["worker/index.ts"])],
    ["playground", await packagesIn(project, ["playground/main.ts"])],
    ["SDK", await packagesIn(project, modules, PEERS)],
  ]);
}

async function packagesIn(
  project: string,
  entryPoints: readonly string[],
  external: readonly string[] = [],
): Promise<string[]> {
  const { metafile } = await build({
    absWorkingDir: project,
    entryPoints: entryPoints.map((entry) => join(project, entry)),
    outdir: "/",
    bundle: true,
    write: false,
    metafile: true,
    format: "esm",
    conditions: ["workerd", "worker", "browser"],
    mainFields: ["browser", "module", "main"],
    external: ["cloudflare:*", "node:*", ...external],
    plugins: [withoutOwnBuilds],
    logLevel: "error",
  });
  return packagesOf(metafile);
}

/** What our own tools build holds no package, and may not be there yet. */
const withoutOwnBuilds: Plugin = {
  name: "without-own-builds",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\/build\// }, ({ path }) => ({ path, namespace: "own-build" }));
    onLoad({ filter: /./, namespace: "own-build" }, () => ({ contents: "module.exports = {};" }));
  },
};

/** Of which at least a byte was taken over. */
function packagesOf({ outputs }: Metafile): string[] {
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  const names = inputs
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([path]) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1])
    .filter((name) => name !== undefined);
  return [...new Set(names)].sort();
}
