import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import packageJson from "../../../package.json" with { type: "json" };
import {
  artefactsOf,
  billOfMaterials,
  type Bom,
} from "../../../tools/supply-chain/bill-of-materials.ts";
import { permits, shippedLicences } from "../../../tools/supply-chain/licences.ts";
import { withPackages } from "../../../tools/supply-chain/notice.ts";

const PROJECT = join(import.meta.dirname, "../../..");

let bom: Bom;
beforeAll(async () => {
  bom = await billOfMaterials(PROJECT);
}, 120_000);

const component = (name: string) => bom.components.find((each) => each.name === name);

describe("the bill of materials", () => {
  test("is of this project, with a licence or none and a place for each package that is installed", () => {
    expect(bom).toMatchObject({ bomFormat: "CycloneDX", specVersion: "1.5" });
    expect(bom.metadata.component).toMatchObject({ name: packageJson.name, type: "application" });
    for (const name of Object.keys({ ...packageJson.dependencies, ...packageJson.devDependencies }))
      expect(component(name)?.["bom-ref"], name).toBeDefined();
  });

  test("tells what is shipped from what builds and tests it", () => {
    expect(component("hono")).toMatchObject({ scope: "required" });
    expect(artefactsOf(component("@huggingface/tokenizers")!)).toEqual(["Worker", "SDK"]);
    // They are development's to npm, and in pages all the same.
    expect(artefactsOf(component("papaparse")!)).toEqual(["playground"]);
    expect(artefactsOf(component("@scalar/api-reference")!)).toEqual(["API page"]);
    for (const name of ["vitest", "wrangler", "oxlint", "onnxruntime-node"]) {
      expect(component(name), name).toMatchObject({ scope: "excluded" });
      expect(artefactsOf(component(name)!)).toEqual([]);
    }
  });

  test("has the models that are built in, by their hash", () => {
    const manifest = JSON.parse(
      readFileSync(join(PROJECT, "models/rerank-minilm-l6/model.json"), "utf8"),
    ) as { name: string; weights: { sha256: string } };
    expect(component(manifest.name)).toMatchObject({
      type: "machine-learning-model",
      scope: "required",
      hashes: [{ alg: "SHA-256", content: manifest.weights.sha256 }],
    });
  });
});

describe("licences", () => {
  test("every package that is shipped has one that asks for no more than to be named", () => {
    const packages = shippedLicences(bom);
    expect(packages.length).toBeGreaterThan(5);
    expect(packages.filter(({ isPermitted }) => !isPermitted)).toEqual([]);
  });

  test("NOTICE names the packages that are in what we ship: npm run tools -- licences --write", () => {
    const notice = readFileSync(join(PROJECT, "NOTICE"), "utf8");
    expect(withPackages(notice, shippedLicences(bom))).toBe(notice);
  });

  test.each([
    ["MIT", true],
    ["(MIT OR GPL-3.0-only)", true],
    ["MIT AND Apache-2.0", true],
    ["MIT AND GPL-3.0-only", false],
    ["LGPL-3.0-or-later", false],
    ["MPL-2.0", false],
    ["AGPL-3.0-only", false],
    ["SEE LICENSE IN LICENSE", false],
    ["UNLICENSED", false],
  ])("%s: %s", (expression, isPermitted) => {
    expect(permits(expression)).toBe(isPermitted);
  });

  test("a package without one, or with a copyleft one, is not permitted", () => {
    const shipped = { properties: [{ name: "x-rerank:ships-in", value: "Worker" }] };
    const packages = [
      { name: "silent" },
      { name: "left", licenses: [{ license: { id: "GPL-3.0-only" } }] },
      { name: "named", licenses: [{ license: { name: "My own" } }] },
      { name: "fine", licenses: [{ license: { id: "MIT" } }] },
    ].map((each) => ({ ...each, ...shipped, type: "library", version: "1.0.0", "bom-ref": "" }));
    const found = shippedLicences({ ...bom, components: packages });
    expect(found.filter(({ isPermitted }) => isPermitted).map(({ name }) => name)).toEqual([
      "fine",
    ]);
  });
});
