/** docs/grafana.json is a dashboard that Grafana imports: the parts that it needs to draw each panel are there. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import * as z from "zod";

const text = readFileSync(join(import.meta.dirname, "../../docs/grafana.json"), "utf8");

const source = z.object({ type: z.literal("prometheus"), uid: z.literal("${datasource}") });

const gridPos = z.object({
  h: z.int().min(1),
  w: z.int().min(1).max(24),
  x: z.int().min(0).max(23),
  y: z.int().min(0),
});

const row = z.object({ type: z.literal("row"), id: z.int(), title: z.string().min(1), gridPos });

const graph = z.object({
  type: z.enum(["timeseries", "stat"]),
  id: z.int(),
  title: z.string().min(1),
  description: z.string().min(1),
  datasource: source,
  gridPos,
  targets: z
    .array(
      z.object({
        refId: z.string().regex(/^[A-Z]$/),
        datasource: source,
        expr: z.string().min(1),
        legendFormat: z.string().min(1),
      }),
    )
    .min(1),
  fieldConfig: z.object({
    defaults: z.object({ unit: z.string() }),
    overrides: z.array(z.never()),
  }),
});

const dashboard = z.object({
  uid: z.string().regex(/^[\w-]{1,40}$/),
  title: z.string().min(1),
  schemaVersion: z.int().min(36),
  time: z.object({ from: z.string(), to: z.string() }),
  templating: z.object({ list: z.array(z.object({ name: z.string(), type: z.string() })) }),
  panels: z.array(z.union([row, graph])).min(1),
});

describe("the dashboard", () => {
  const { panels, templating } = dashboard.parse(JSON.parse(text));

  test("gives each panel an id, a title and a place of its own", () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length);
    for (const one of panels) {
      expect(one.gridPos.x + one.gridPos.w).toBeLessThanOrEqual(24);
      const overlapping = panels.filter((other) => overlap(one.gridPos, other.gridPos));
      expect(overlapping.map(({ title }) => title)).toEqual([one.title]);
    }
  });

  test("uses the variables that it has, and no others", () => {
    const used = Array.from(text.matchAll(/\$\{?(\w+)/g), ([, name]) => name!);
    const own = new Set(used.filter((name) => !name.startsWith("__")));
    expect([...own].sort()).toEqual(templating.list.map(({ name }) => name).sort());
  });

  test("has expressions whose brackets close", () => {
    for (const panel of panels) {
      for (const { expr } of panel.type === "row" ? [] : panel.targets) {
        for (const [left, right] of ["()", "{}", "[]"]) {
          expect(expr.split(left!).length, expr).toBe(expr.split(right!).length);
        }
      }
    }
  });
});

type Place = z.infer<typeof gridPos>;

function overlap(one: Place, other: Place): boolean {
  const across = one.x < other.x + other.w && other.x < one.x + one.w;
  return across && one.y < other.y + other.h && other.y < one.y + one.h;
}
