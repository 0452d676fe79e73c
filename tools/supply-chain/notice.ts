/** The part of NOTICE that names the packages whose code we ship. Pure. */
import type { LicensedPackage } from "./licences.ts";
import { BUNDLED_ELSEWHERE } from "./shipped-packages.ts";

const START = "Code of these packages is in what this project ships";

/**
 * NOTICE with the packages of now, at its end. Of a package that comes bundled with all that it depends on, only its own name stands there.
 * @param notice - The text as it is.
 */
export function withPackages(notice: string, packages: readonly LicensedPackage[]): string {
  const start = notice.indexOf(START);
  const rest = (start < 0 ? notice : notice.slice(0, start)).trimEnd();
  const own = packages.filter(
    ({ name, artefacts }) =>
      name === BUNDLED_ELSEWHERE.name ||
      artefacts.some((artefact) => artefact !== BUNDLED_ELSEWHERE.artefact),
  );
  const lines = own.map(({ name, author, licence, artefacts }) => {
    // Without addresses.
    const by = author === undefined ? "" : `, by ${author.replace(/\s*[<(].*/, "")}`;
    return `  ${name}${by}, ${licence ?? "no licence"}: ${artefacts.join(", ")}`;
  });
  const heading = `${START} (npm run tools -- licences --write; without --write it lists those that ${BUNDLED_ELSEWHERE.name} brings, too):`;
  return `${rest}\n\n${heading}\n${lines.join("\n")}\n`;
}
