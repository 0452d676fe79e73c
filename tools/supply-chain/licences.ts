/** What may be shipped, by its licence. Pure. */
import { artefactsOf, type Bom, type Component } from "./bill-of-materials.ts";

/** Licences that ask for no more than to be named. What stands not here, copyleft above all, is not shipped unseen. */
const PERMITTED = new Set([
  "0BSD",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "CC0-1.0",
  "ISC",
  "MIT",
  "MIT-0",
  "Unlicense",
]);

/** Packages of which the version in use says nothing, and later ones do. */
const SAID_LATER: Readonly<Record<string, string>> = { neverpanic: "MIT" };

export interface LicensedPackage {
  name: string;
  version: string;
  /** As package.json has it; undefined if it has none. */
  author: string | undefined;
  /** An SPDX expression, or undefined if there is none. */
  licence: string | undefined;
  artefacts: readonly string[];
  isPermitted: boolean;
}

/** The packages that are in what we ship, by name. */
export function shippedLicences({ components }: Bom): LicensedPackage[] {
  return components
    .filter((each) => each.type === "library" && artefactsOf(each).length > 0)
    .map((each) => {
      const licence = licenceOf(each);
      const isPermitted = licence !== undefined && permits(licence);
      const { name, version, author } = each;
      return { name, version, author, licence, artefacts: artefactsOf(each), isPermitted };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function licenceOf({ name, licenses = [] }: Component): string | undefined {
  const stated = licenses.map(({ license, expression }) => expression ?? license?.id);
  return stated.length > 0 && stated.every((each) => each !== undefined)
    ? stated.join(" AND ")
    : SAID_LATER[name];
}

/** Of an SPDX expression: one side of each OR, and both of each AND, must be permitted. */
export function permits(expression: string): boolean {
  const plain = expression.replaceAll(/[()]/g, " ").trim();
  return plain
    .split(/\s+OR\s+/)
    .some((side) => side.split(/\s+AND\s+/).every((id) => PERMITTED.has(id.trim())));
}
