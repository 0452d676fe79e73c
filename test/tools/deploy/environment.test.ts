import { parse } from "smol-toml";
import { describe, expect, test } from "vitest";
import { environmentConfig } from "../../../tools/deploy/environment.ts";
import type { ConfigTable } from "../../../tools/worker-config.ts";

/** A Worker with a table of each kind, as a service of this project may have them. */
const BASE = parse(`
name = "rank"
main = "worker/index.ts"
routes = [{ pattern = "rank.example.test", custom_domain = true }]

[build]
command = "npm run build"

[assets]
directory = "worker/build"
binding = "ASSETS"

[vars]
EDGE_MAX_TOKENS = "1000"
JOB_BUCKET_NAME = ""

[[kv_namespaces]]
binding = "KEYS"
id = "aaaa"

[[kv_namespaces]]
binding = "SCORE_CACHE_KV"

[[r2_buckets]]
binding = "JOB_BUCKET"
bucket_name = "rank-jobs"

[[d1_databases]]
binding = "DB"
database_name = "rank-db"
database_id = "bbbb"

[[workflows]]
name = "rank-jobs"
binding = "JOBS"
class_name = "JobWorkflow"

[[queues.producers]]
queue = "rank-queue"
binding = "QUEUE"

[[queues.consumers]]
queue = "rank-queue"
dead_letter_queue = "rank-dead"
max_batch_size = 10

[[durable_objects.bindings]]
name = "BUDGETS"
class_name = "TokenBudget"

[[durable_objects.bindings]]
name = "OWN"
class_name = "TokenBudget"
script_name = "rank"

[[migrations]]
tag = "v1"
new_sqlite_classes = ["TokenBudget"]

[[ratelimits]]
name = "RATE"
namespace_id = "1001"
simple = { limit = 600, period = 60 }

[[analytics_engine_datasets]]
binding = "ANALYTICS"
dataset = "rank"

[[services]]
binding = "BACKEND"
service = "another-worker"

[version_metadata]
binding = "CF_VERSION_METADATA"

[ai]
binding = "AI"

[triggers]
crons = ["*/5 * * * *"]
`) as ConfigTable;

const staging = (own?: string): ConfigTable =>
  environmentConfig(BASE, "staging", own === undefined ? undefined : (parse(own) as ConfigTable));

test("production is wrangler.toml as it stands", () => {
  expect(environmentConfig(BASE, "production")).toBe(BASE);
});

describe("another environment", () => {
  test("has names of its own for all that a deployment has for itself", () => {
    const config = staging() as Record<string, any>;
    expect(config["name"]).toBe("rank-staging");
    expect(config["r2_buckets"][0].bucket_name).toBe("rank-jobs-staging");
    expect(config["workflows"][0].name).toBe("rank-jobs-staging");
    expect(config["queues"]).toMatchObject({
      producers: [{ queue: "rank-queue-staging", binding: "QUEUE" }],
      consumers: [{ queue: "rank-queue-staging", dead_letter_queue: "rank-dead-staging" }],
    });
    expect(config["analytics_engine_datasets"][0].dataset).toBe("rank_staging");
    expect(config["d1_databases"]).toEqual([{ binding: "DB", database_name: "rank-db-staging" }]);
    // Made by wrangler.
    expect(config["kv_namespaces"]).toEqual([{ binding: "KEYS" }, { binding: "SCORE_CACHE_KV" }]);
  });

  test("counts its requests apart, by a number that is always the same", () => {
    const [limit] = staging()["ratelimits"] as [{ namespace_id: string }];
    expect(limit).toMatchObject({ name: "RATE", simple: { limit: 600, period: 60 } });
    expect(limit.namespace_id).toMatch(/^[1-9]\d*$/);
    expect(limit.namespace_id).not.toBe("1001");
    expect(staging()["ratelimits"]).toEqual([limit]);
    const [other] = environmentConfig(BASE, "preview")["ratelimits"] as [{ namespace_id: string }];
    expect(other.namespace_id).not.toBe(limit.namespace_id);
  });

  test("is at no address of production's", () => {
    expect(staging()).not.toHaveProperty("routes");
    const own = 'routes = [{ pattern = "staging.example.test", custom_domain = true }]';
    expect(staging(own)["routes"]).toEqual([
      { pattern: "staging.example.test", custom_domain: true },
    ]);
  });

  test("has its own bindings to itself, and the same ones to others", () => {
    const config = staging() as Record<string, any>;
    const [budgets, own] = config["durable_objects"].bindings;
    expect(budgets).toEqual({ name: "BUDGETS", class_name: "TokenBudget" });
    expect(own.script_name).toBe("rank-staging");
    expect(config["services"]).toEqual(BASE["services"]);
    for (const table of ["migrations", "version_metadata", "ai", "triggers", "build", "assets"])
      expect(config[table]).toEqual(BASE[table]);
  });

  test("is told what its bucket is called", () => {
    expect(staging()["vars"]).toEqual({
      EDGE_MAX_TOKENS: "1000",
      JOB_BUCKET_NAME: "rank-jobs-staging",
    });
  });

  test("leaves the base alone", () => {
    const before = structuredClone(BASE);
    staging('[vars]\nEDGE_MAX_TOKENS = "1"');
    expect(BASE).toEqual(before);
  });
});

describe("what an environment has of its own goes before that:", () => {
  test("variables one by one", () => {
    const config = staging('[vars]\nBACKEND_URL = "http://127.0.0.1:9001"');
    expect(config["vars"]).toMatchObject({
      BACKEND_URL: "http://127.0.0.1:9001",
      EDGE_MAX_TOKENS: "1000",
    });
  });

  test("bindings by their names", () => {
    const config = staging(`
[[kv_namespaces]]
binding = "KEYS"
id = "cccc"

[[r2_buckets]]
binding = "JOB_BUCKET"
bucket_name = "elsewhere"

[[r2_buckets]]
binding = "MODEL_BUCKET"
bucket_name = "models"`);
    expect(config["kv_namespaces"]).toEqual([
      { binding: "SCORE_CACHE_KV" },
      { binding: "KEYS", id: "cccc" },
    ]);
    expect(config["r2_buckets"]).toEqual([
      { binding: "JOB_BUCKET", bucket_name: "elsewhere" },
      { binding: "MODEL_BUCKET", bucket_name: "models" },
    ]);
    expect(config["vars"]).toMatchObject({ JOB_BUCKET_NAME: "elsewhere" });
  });

  test("even the Worker's name", () => {
    expect(staging('name = "try"')["name"]).toBe("try");
  });
});

describe("a table of which it is not known what in it is a name", () => {
  const base = { ...BASE, new_things: [{ binding: "THING", thing: "production-thing" }] };

  test("is not shared unasked", () => {
    expect(() => environmentConfig(base, "staging")).toThrow(
      /\[new_things\].*wrangler\.staging\.toml/,
    );
  });

  test("is taken from the environment's own", () => {
    const own = { new_things: [{ binding: "THING", thing: "staging-thing" }] };
    expect(environmentConfig(base, "staging", own)["new_things"]).toEqual(own.new_things);
  });
});
