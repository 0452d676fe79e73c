/** Lists that come by pages. */
import type { WithResponse } from "./api-promise.ts";
import { invalidResponse } from "./errors.ts";
import type { RequestOptions } from "./options.ts";
import type { Transport } from "./transport.ts";

/**
 * The pages of a list, each asked for as the loop comes to it.
 *
 * @param path - Such as `/jobs`
 * @param search - Of the first page: empty, or with its question mark
 */
export async function* pagesOf<Page extends { value: unknown[]; nextLink?: string | null }>(
  transport: Transport,
  path: string,
  search: string,
  options: RequestOptions | undefined,
): AsyncGenerator<Page, void, undefined> {
  for (let next: string | undefined = search; next !== undefined;) {
    const sent: WithResponse<Page> = await transport.send(
      { method: "GET", path: path + next },
      options,
    );
    const { data: page, response } = sent;
    if (!Array.isArray(page?.value))
      throw invalidResponse(`The answer is no list of ${path.slice(1)}: check baseURL.`, response);
    yield page;
    // Of the link only the query: the key must not go to another host, whatever an answer says.
    next = page.nextLink
      ? new URL(page.nextLink, "http://localhost").search || undefined
      : undefined;
  }
}
