/** `explain-route`: where the service would compute a request, and why. */
import { text as readText } from "node:stream/consumers";
import { join } from "node:path";
import { ROUTES, type Route, type RouteReason } from "../worker/routing.ts";
import type { Command, CommandArguments } from "./command-line.ts";
import { explainRequest, type Explanation } from "./explain/explain-request.ts";
import type { Outcome } from "./explain/follow-decisions.ts";
import { PATHS, type Path } from "./explain/read-request.ts";
import { workerEnvironment } from "./explain/worker-environment.ts";
import { readPackedModel } from "./packed-model.ts";
import { UsageError } from "./user-error.ts";

const root = join(import.meta.dirname, "..");

export const explainRouteCommand: Command = {
  summary: "say where the service would compute a request, and why",
  help: `Reads the body of a request from standard input, as in
  npm run tools -- explain-route --var EDGE_MAX_TOKENS:2000 < request.json
and says what the service would do with it: its tokens by an estimate, and where the service counts them by the tokenizer, the decision, and
what happens when the backend fails. Nothing is sent and nothing is computed.

  --path PATH        ${PATHS.join(", ")}; default: /v1/rerank
  --route ROUTE      as the header x-rerank-route: ${ROUTES.join(", ")}; default: auto
  --var NAME:VALUE   a setting before that of wrangler.toml; may be given again and again. Secrets are not in that file: give any value
                     for one that is set, such as BACKEND_API_KEY:set
  --config FILE      default: wrangler.toml
  --model DIR        packed model; default: models/rerank-minilm-l6
  --json             for programs`,
  positionals: [],
  options: {
    path: { type: "string" },
    route: { type: "string" },
    var: { type: "string", multiple: true },
    config: { type: "string" },
    model: { type: "string" },
    json: { type: "boolean" },
  },
  async run({ options }, terminal) {
    const path = oneOf("path", PATHS, options) ?? "/v1/rerank";
    const route = oneOf("route", ROUTES, options) ?? "auto";
    const folder = (options["model"] as string) ?? join(root, "models/rerank-minilm-l6");
    const config = (options["config"] as string) ?? join(root, "wrangler.toml");
    const explanation = await explainRequest({
      path,
      route,
      env: await workerEnvironment(config, (options["var"] ?? []) as string[]),
      model: await readPackedModel(folder),
      text: await readText(terminal.stdin),
    });
    if (options["json"]) terminal.print(JSON.stringify(explanation, null, 2));
    else for (const line of linesOf(explanation, route)) terminal.print(line);
  },
};

function oneOf<const Word extends Path | Route>(
  name: string,
  words: readonly Word[],
  options: CommandArguments["options"],
): Word | undefined {
  const value = options[name];
  if (value === undefined) return undefined;
  const found = words.find((word) => word === value);
  if (found === undefined)
    throw new UsageError(`--${name} is "${String(value)}". It may be ${words.join(", ")}.`);
  return found;
}

function linesOf(explanation: Explanation, route: Route): string[] {
  const { path, protocol, model, limits, outcome, backend } = explanation;
  const { estimate, count, outcome_if_backend_fails: failing } = explanation;
  const rows: [string, string | false][] = [
    ["request", `POST ${path}${protocol ? `, protocol ${protocol}` : ""}, route ${route}`],
    ["model", model ?? false],
    ["pairs", explanation.pairs > 0 && numberOf(explanation.pairs)],
    [
      "estimate",
      estimate !== null &&
        `${numberOf(estimate)} tokens from ${numberOf(explanation.characters)} characters`,
    ],
    [
      "count",
      count !== null
        ? `${numberOf(count)} tokens`
        : estimate !== null && "not made: the decision does not need it",
    ],
    [
      "limits",
      limits !== null &&
        `edge ${numberOf(limits.edge_max_tokens)} tokens (EDGE_MAX_TOKENS), in place of a failing backend ${numberOf(limits.edge_fallback_max_tokens)} (EDGE_FALLBACK_MAX_TOKENS), at all ${numberOf(limits.max_edge_tokens)} (maxEdgeTokens)`,
    ],
    ["decision", sentenceOf(outcome)],
    ["calls", backend !== null && callsSentence(backend)],
    ["if it fails", failing !== null && sentenceOf(failing)],
  ];
  const shown = rows.filter((row): row is [string, string] => row[1] !== false);
  const width = Math.max(...shown.map(([name]) => name.length));
  return shown.map(([name, value]) => `${name.padEnd(width)}  ${value}`);
}

function sentenceOf(outcome: Outcome): string {
  switch (outcome.served_by) {
    case null:
      return `refused with ${outcome.status} ${outcome.code}: ${outcome.message}`;
    case "none":
      return `nobody: the documents in their own order, since the request has fail_open (${outcome.reason})`;
    default:
      return `${outcome.served_by} (${outcome.reason}): ${REASONS[outcome.reason]}`;
  }
}

function callsSentence(backend: NonNullable<Explanation["backend"]>): string {
  const { protocol, calls, max_documents, max_tokens, max_concurrency } = backend;
  const number = calls === 1 ? "1 call" : `${numberOf(calls)} calls`;
  return `${number} to ${protocol}, each of at most ${numberOf(max_documents)} documents and ${numberOf(max_tokens)} tokens, ${max_concurrency} at once`;
}

const REASONS: Readonly<Record<RouteReason, string>> = {
  no_backend: "the model has no backend",
  requested: "the request asks for it",
  edge_only_option: "the backend's protocol cannot say what the request asks for",
  classifier: "the model labels texts or tokens, which is always done here",
  backend_model: "the model is only there",
  small: "it has no more tokens than EDGE_MAX_TOKENS",
  large: "it has more tokens than EDGE_MAX_TOKENS",
  edge_queue_full: "too many wait at the edge",
  circuit_open: "the backend is left alone for a while",
  backend_failed: "the backend has failed with it",
  failed_open: "the documents are unranked",
};

function numberOf(value: number): string {
  return value.toLocaleString("en-US");
}
