/** `sbom` and `licences`: what is in what we ship, and by what right. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Command } from "../command-line.ts";
import { UserError } from "../user-error.ts";

const PROJECT = join(import.meta.dirname, "../..");

export const sbomCommand: Command = {
  summary: "write the bill of materials (CycloneDX)",
  help: `Prints a bill of materials in CycloneDX's JSON: npm's own, of everything that is installed, with the built-in models. Its scope tells apart what is in the
Worker, its pages or the SDK ("required", and the property x-rerank:ships-in says in which) from what builds and tests them ("excluded").
Run npm ci first.

  --out FILE   write it there`,
  positionals: [],
  options: { out: { type: "string" } },
  async run({ options }, { print, stderr }) {
    // Loaded only here: bundlers take a second, and no other command needs them.
    const { billOfMaterials } = await import("./bill-of-materials.ts");
    const text = JSON.stringify(await billOfMaterials(PROJECT), null, 2);
    const out = options["out"] as string | undefined;
    if (out === undefined) return print(text);
    await writeFile(out, `${text}\n`);
    stderr.write(`The bill of materials is in ${out}.\n`);
  },
};

export const licencesCommand: Command = {
  summary: "list the licences of what is shipped, and refuse those that may not be",
  help: `Lists each npm package of which code is in the Worker, its pages or the SDK, with its licence. Exits with 1 if one has none, or one that asks for more than
to be named, such as a copyleft licence. Run npm ci first.

  --write   put the packages' names into NOTICE`,
  positionals: [],
  options: { write: { type: "boolean" } },
  async run({ options }, { print }) {
    const { billOfMaterials } = await import("./bill-of-materials.ts");
    const { shippedLicences } = await import("./licences.ts");
    const packages = shippedLicences(await billOfMaterials(PROJECT));
    for (const { name, version, licence, artefacts } of packages)
      print(`${name} ${version}  ${licence ?? "no licence"}  ${artefacts.join(", ")}`);
    const refused = packages.filter(({ isPermitted }) => !isPermitted).map(({ name }) => name);
    if (refused.length > 0) throw new UserError(`may not be shipped: ${refused.join(", ")}.`);
    if (options["write"] !== true) return;
    const { withPackages } = await import("./notice.ts");
    const path = join(PROJECT, "NOTICE");
    await writeFile(path, withPackages(await readFile(path, "utf8"), packages));
  },
};
