import { expect, test } from "vitest";
import { prefersHtml } from "../../worker/prefers-html.ts";

test.each([
  ["text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", true],
  ["text/html", true],
  ["TEXT/HTML; Q=0.5, application/json;q=0.4", true],
  ["application/json;q=0.5, text/html", true],
  [undefined, false],
  ["", false],
  ["*/*", false],
  ["text/*", false],
  ["application/json", false],
  ["application/json, text/html", false],
  ["text/html;q=0.8, application/json", false],
  ["text/html;q=0", false],
  ["text/html;q=x", false],
])("accept: %s", (accept, expected) => {
  expect(prefersHtml(accept)).toBe(expected);
});
