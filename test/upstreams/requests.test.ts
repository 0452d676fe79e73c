import { describe, expect, test } from "vitest";
import { readSlice } from "../bench/squad-slice.ts";
import { drawRequests } from "./requests.ts";

const tasks = await readSlice();
const requests = drawRequests(tasks, 200, 7);

describe("requests of the upstreams' check", () => {
  test("have 1 to 1,000 documents, both ends among them, about as many under 32 as over", () => {
    const sizes = requests.map(({ documents }) => documents.length);
    expect(Math.min(...sizes)).toBe(1);
    expect(Math.max(...sizes)).toBe(1_000);
    const small = sizes.filter((size) => size < 32).length;
    expect(small).toBeGreaterThan(75);
    expect(small).toBeLessThan(125);
  });

  test("are the same for the same seed, and others for another", () => {
    expect(drawRequests(tasks, 200, 7)).toEqual(requests);
    expect(drawRequests(tasks, 200, 8)).not.toEqual(requests);
  });

  test("have documents of a few words and documents longer than the model reads, never empty ones", () => {
    const lengths = requests
      .flatMap(({ documents }) => documents)
      .map((document) => document.split(" ").length);
    expect(Math.min(...lengths)).toBe(2);
    expect(Math.max(...lengths)).toBeGreaterThan(450);
  });
});
