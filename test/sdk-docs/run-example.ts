/** Runs an example as a module would run, with this package's sources and a service that computes here, without a network. */
import { stripTypeScriptTypes } from "node:module";
import { format } from "node:util";
import * as aiSdk from "../../sdk/ai-sdk.ts";
import * as honoMiddleware from "../../sdk/hono.ts";
import * as core from "../../sdk/index.ts";
import * as langchain from "../../sdk/langchain.ts";
import * as llamaindex from "../../sdk/llamaindex.ts";
import * as local from "../../sdk/local/index.ts";
import { localFetch } from "../../sdk/local/local-fetch.ts";
import { startHere } from "../../sdk/local/start-here.ts";
import { MODEL } from "../sdk-local/requests.ts";
import { stubJobs } from "../sdk-package/stub-jobs.ts";

/** The package has its model beside it only once it is built. */
class LocalRerankClient extends local.LocalRerankClient {
  constructor(options: local.LocalClientOptions = {}) {
    super({ model: MODEL, ...options });
  }
}

const MODULES: Readonly<Record<string, () => object | Promise<object>>> = {
  "@x/rerank-sdk": () => core,
  "@x/rerank-sdk/ai-sdk": () => aiSdk,
  "@x/rerank-sdk/hono": () => honoMiddleware,
  "@x/rerank-sdk/langchain": () => langchain,
  "@x/rerank-sdk/llamaindex": () => llamaindex,
  "@x/rerank-sdk/local": () => ({ ...local, LocalRerankClient }),
  hono: () => import("hono"),
};

const host = startHere({ model: MODEL });
const answer = localFetch(() => host);

const answerJobs = stubJobs(async (query, document) => {
  const body = JSON.stringify({ query, documents: [document] });
  const ranked = await answer("https://rerank.example.com/v2/rerank", { method: "POST", body });
  const { results } = (await ranked.json()) as { results: { relevance_score: number }[] };
  return results[0]!.relevance_score;
});

/** The platform's `fetch` for examples: whatever the address, the engine answers as the service does, files and jobs included. */
export async function serviceFetch(url: string, init: RequestInit): Promise<Response> {
  const { pathname, search } = new URL(url);
  const text = await new Response(init.body).text();
  const ofJobs = await answerJobs(init.method ?? "GET", pathname + search, text);
  if (ofJobs) return ofJobs;
  const { body, status, headers } = await answer(url, init);
  const own = new Headers(headers);
  own.set("x-rerank-served-by", "edge");
  return new Response(body, { status, headers: own });
}

/** What pages take as made before. */
const GIVEN = {
  query: "red planet",
  documents: ["Venus is the hottest planet.", "Mars is the red planet.", "Mercury is small."],
  hits: [
    { id: "venus", body: "Venus is the hottest planet." },
    { id: "mars", body: "Mars is the red planet, with rust in its soil." },
    { id: "mercury", body: "Mercury is the smallest planet." },
  ],
  client: new core.RerankClient({ baseURL: "https://rerank.example.com" }),
};

const IMPORT = /^import (?:(\w+)|\{([^}]*)\}) from "([^"]+)";?$/gm;

/** Modules that an example imports and that are not there without its peers. */
export function missingModules(code: string): string[] {
  const names = Array.from(code.matchAll(IMPORT), (match) => match[3]!);
  return names.filter((name) => !Object.hasOwn(MODULES, name));
}

/** An example without its types. @throws SyntaxError for what is no TypeScript */
export function asJavaScript(code: string): string {
  return stripTypeScriptTypes(code).replace(IMPORT, (_, whole, names, module) => {
    const pattern = whole ?? `{ ${(names as string).replaceAll(" as ", ": ")} }`;
    return `const ${pattern} = await load(${JSON.stringify(module)});`;
  });
}

/** What an example prints. @throws what it throws */
export async function printed(code: string): Promise<string> {
  const lines: string[] = [];
  const log = (...values: unknown[]): void => void lines.push(`${format(...values)}\n`);
  const scope = { ...GIVEN, console: { log, error: log, warn: log } };
  // An example's own names may be those that are given.
  const run = new Function(
    "load",
    ...Object.keys(scope),
    `return (async () => {\n${asJavaScript(code)}\n})();`,
  ) as (...values: unknown[]) => Promise<void>;
  await run((name: string) => MODULES[name]!(), ...Object.values(scope));
  return lines.join("");
}
