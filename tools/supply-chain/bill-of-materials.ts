/** The bill of materials that npm makes, with what it cannot know: which packages are in what we ship, and the models. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { ModelManifest } from "../../engine/index.ts";
import { UserError } from "../user-error.ts";
import { modelFolders, readWorkerConfig } from "../worker-config.ts";
import { BUNDLED_ELSEWHERE, shippedPackages, type Artefact } from "./shipped-packages.ts";

/** The parts of CycloneDX 1.5 that are read or written here. */
export interface Bom {
  metadata: { component: Component };
  components: Component[];
  dependencies: { ref: string; dependsOn?: string[] }[];
}

export interface Component {
  "bom-ref": string;
  type: string;
  name: string;
  version: string;
  author?: string;
  /** "required": in something that we ship; "excluded": for building and testing alone. */
  scope?: "required" | "optional" | "excluded";
  licenses?: { license?: { id?: string; name?: string }; expression?: string }[];
  hashes?: { alg: string; content: string }[];
  properties?: { name: string; value: string }[];
}

/** Name of the property that lists the artefacts a package is in. */
const SHIPS_IN = "x-rerank:ships-in";

/**
 * Everything that is installed, each with its scope and, if it is shipped, the property {@link SHIPS_IN}.
 * @throws UserError with npm's own words if what is installed is not what the lockfile says
 */
export async function billOfMaterials(project: string): Promise<Bom> {
  const bom = npmBom(project);
  const shipped = await artefactsByRef(project, bom);
  const { name, version } = JSON.parse(
    readFileSync(join(project, "package.json"), "utf8"),
  ) as Component;
  const models = modelFolders(readWorkerConfig(project)).map((folder) =>
    modelComponent(resolve(project, folder)),
  );
  return {
    ...bom,
    // npm has the folder's name here.
    metadata: {
      ...bom.metadata,
      component: { ...bom.metadata.component, type: "application", name, version },
    },
    components: [
      ...bom.components.map((component) => placed(component, shipped.get(component["bom-ref"]))),
      ...models,
    ],
  };
}

/** The artefacts that a component is in; none if it is for building and testing. */
export function artefactsOf({ properties = [] }: Component): string[] {
  const value = properties.find(({ name }) => name === SHIPS_IN)?.value;
  return value === undefined ? [] : value.split(", ");
}

function npmBom(project: string): Bom {
  // Set where npm runs a script.
  const npm = process.env["npm_execpath"];
  const args = ["sbom", "--sbom-format", "cyclonedx"];
  const { status, stdout, stderr } = spawnSync(
    npm ? process.execPath : "npm",
    npm ? [npm, ...args] : args,
    { cwd: project, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 },
  );
  if (status !== 0) throw new UserError(`npm sbom has failed. Run npm ci first.\n${stderr}`);
  return JSON.parse(stdout) as Bom;
}

async function artefactsByRef(project: string, bom: Bom): Promise<Map<string, Artefact[]>> {
  const byRef = new Map<string, Artefact[]>();
  const add = (artefact: Artefact, refs: Iterable<string>): void => {
    for (const ref of refs) byRef.set(ref, [...(byRef.get(ref) ?? []), artefact]);
  };
  for (const [artefact, names] of await shippedPackages(project)) add(artefact, refsOf(bom, names));
  const { artefact, name } = BUNDLED_ELSEWHERE;
  add(artefact, withDependencies(bom, refsOf(bom, [name])));
  return byRef;
}

/** Of all versions that are installed. */
function refsOf({ components }: Bom, names: readonly string[]): string[] {
  return components.filter(({ name }) => names.includes(name)).map((each) => each["bom-ref"]);
}

/** Packages and all that they depend on, however far. */
function withDependencies({ dependencies }: Bom, refs: readonly string[]): Set<string> {
  const byRef = new Map(dependencies.map(({ ref, dependsOn = [] }) => [ref, dependsOn]));
  const all = new Set(refs);
  for (const ref of all) for (const next of byRef.get(ref) ?? []) all.add(next);
  return all;
}

function placed(component: Component, artefacts: readonly Artefact[] | undefined): Component {
  const others = (component.properties ?? []).filter(
    ({ name }) => artefacts === undefined || name !== "cdx:npm:package:development",
  );
  return artefacts === undefined
    ? { ...component, scope: "excluded" }
    : {
        ...component,
        scope: "required",
        properties: [...others, { name: SHIPS_IN, value: artefacts.join(", ") }],
      };
}

/** A model that is built in, with the hash of its weights. */
function modelComponent(folder: string): Component {
  const { name, version, weights } = JSON.parse(
    readFileSync(join(folder, "model.json"), "utf8"),
  ) as ModelManifest & { version: number };
  return {
    "bom-ref": `model:${name}`,
    type: "machine-learning-model",
    name,
    version: String(version),
    scope: "required",
    hashes: [{ alg: "SHA-256", content: weights.sha256 }],
    properties: [{ name: SHIPS_IN, value: "Worker" }],
  };
}
