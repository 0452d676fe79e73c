/** Requests that a page of another site makes in a visitor's browser (CSRF). */
import { isAllowedOrigin } from "../allowed-origins.ts";
import { allowedOrigins } from "./cors.ts";
import type { AppContext } from "./route.ts";

/**
 * Whether a browser says that another site's page has sent this, whose origin is not allowed. CORS would keep the answer from the page,
 * but a request that needs no preflight would be computed all the same.
 *
 * A program that is no browser does not send `Sec-Fetch-Site`. A link that a visitor follows is the visitor's own request.
 * @see https://web.dev/articles/fetch-metadata
 */
export function isCrossSite({ req }: AppContext): boolean {
  const site = req.header("sec-fetch-site");
  if (site !== "cross-site" && site !== "same-site") return false;
  if (req.method === "GET" && req.header("sec-fetch-dest") === "document") return false;
  return !isAllowedOrigin(allowedOrigins(), req.header("origin"));
}
