/** Whether a page may call the service: the setting CORS_ALLOWED_ORIGINS. Pure. */

/** An origin of this name stands for every one. */
const ANY = "*";

/** @param origin - What a browser says in `Origin`; undefined is not allowed anywhere. */
export function isAllowedOrigin(
  allowed: readonly string[],
  origin: string | undefined,
): origin is string {
  return origin !== undefined && (allowed.includes(origin) || allowed.includes(ANY));
}

/**
 * Whether it is an origin as browsers write it: a scheme and a host in lower case, and a port if it is not the scheme's own. "*" is one
 * that stands for all; "null", which any page can have, is none.
 */
export function isOrigin(text: string): boolean {
  if (text === ANY) return true;
  if (!URL.canParse(text) || text.includes("*")) return false;
  const { protocol, origin } = new URL(text);
  // Of other schemes, such as an extension's, URL knows no origin.
  return protocol === "http:" || protocol === "https:"
    ? origin === text
    : /^[a-z][a-z0-9+.-]*:\/\/[a-z0-9.-]+$/.test(text);
}
