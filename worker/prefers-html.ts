/**
 * Whether a request would rather have a page than data: a browser's does, and no program's that takes anything.
 *
 * @param accept - The header `accept`. HTML must stand in it by name, and no other type may be wanted more, or as much and before it.
 * @see https://www.rfc-editor.org/rfc/rfc9110#name-accept
 */
export function prefersHtml(accept: string | undefined): boolean {
  let best = "";
  let bestQuality = 0;
  for (const range of (accept ?? "").split(",")) {
    const [type = "", ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
    const weight = parameters.find((parameter) => parameter.startsWith("q="));
    const quality = weight === undefined ? 1 : Number(weight.slice(2)) || 0;
    if (quality > bestQuality) {
      best = type;
      bestQuality = quality;
    }
  }
  return best === "text/html";
}
