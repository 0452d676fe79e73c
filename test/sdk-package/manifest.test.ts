import { gzipSync } from "node:zlib";
import { build, type BuildOptions, type Plugin } from "esbuild";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import packageJson from "../../sdk/package.json" with { type: "json" };
import { MODULES, SCRIPTS } from "../../sdk/tsdown.config.ts";

const SDK = join(import.meta.dirname, "../../sdk");

/** Peers whose code a subpath may import; of the other peers it takes objects alone. */
const PEERS = Object.keys(packageJson.peerDependencies);

/** Leaves out what `import()` loads. */
const WITHOUT_LAZY_MODULES: Plugin = {
  name: "without lazy modules",
  setup({ onResolve }) {
    onResolve({ filter: /^/ }, ({ kind, path }) =>
      kind === "dynamic-import" ? { path, external: true } : null,
    );
  },
};

async function bundle(module: string, options: BuildOptions = {}) {
  const { metafile, outputFiles } = await build({
    entryPoints: [join(SDK, `${module}.ts`)],
    bundle: true,
    minify: true,
    format: "esm",
    platform: "neutral",
    external: PEERS,
    write: false,
    metafile: true,
    ...options,
  });
  const imports = Object.values(metafile!.outputs).flatMap((output) => output.imports);
  return {
    code: outputFiles![0]!.contents,
    external: imports.filter(({ external }) => external).map(({ path }) => path),
  };
}

test("nothing is installed along with the package", () => {
  expect(packageJson).not.toHaveProperty("dependencies");
  expect(packageJson).not.toHaveProperty("optionalDependencies");
  for (const peer of PEERS)
    expect(packageJson.peerDependenciesMeta).toHaveProperty([peer], { optional: true });
});

test("each module that is built has its subpath, for import and require with the types of either", () => {
  const { exports } = packageJson;
  for (const module of MODULES) {
    const subpath = module === "index" ? "." : `./${module.replace(/\/index$/, "")}`;
    expect(exports).toHaveProperty([subpath], {
      import: { types: `./dist/${module}.d.ts`, default: `./dist/${module}.js` },
      require: { types: `./dist/${module}.d.cts`, default: `./dist/${module}.cjs` },
    });
  }
  expect(SCRIPTS.map((script) => `./dist/${script}.js`)).toEqual([
    exports["./local/worker"].default,
    packageJson.bin.rerank,
  ]);
});

describe.each([...MODULES, "local/worker"])("%s", (module) => {
  test("imports nothing that a host may lack", async () => {
    expect((await bundle(module)).external).toEqual([]);
  });
});

test("the core has at most 8 KB, minified and gzipped; more of it is loaded when it is used", async () => {
  const { code, external } = await bundle("index", { plugins: [WITHOUT_LAZY_MODULES] });
  expect([...new Set(external)].toSorted()).toEqual([
    "./job-events.ts",
    "./job-results.ts",
    "./upload-file.ts",
  ]);
  expect(gzipSync(code, { level: 9 }).length).toBeLessThanOrEqual(8_192);
});

test("what is loaded when it is used brings no second copy of the core along", async () => {
  const { metafile } = await build({
    entryPoints: [join(SDK, "index.ts")],
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "neutral",
    outdir: "out",
    write: false,
    metafile: true,
  });
  const modules = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.keys(inputs));
  expect(modules).toHaveLength(new Set(modules).size);
  expect(modules.some((module) => module.endsWith("transport.ts"))).toBe(true);
});

test("an error's guard alone brings little of the client along", async () => {
  const { code } = await bundle("index", {
    stdin: { contents: 'export { isRerankError } from "./index.ts";', resolveDir: SDK },
    entryPoints: [],
  });
  expect(code.length).toBeLessThan(3_000);
});
