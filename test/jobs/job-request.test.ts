import { describe, expect, test } from "vitest";
import { parseJobRequest, type JobRequest } from "../../worker/jobs/job-request.ts";

const INPUT = { data: { JobInputType: "UriFile", Uri: "files/pairs.csv" } };

function parsed(properties: object): JobRequest {
  const result = parseJobRequest({ properties: { InputData: INPUT, ...properties } });
  if (!result.ok) throw new Error(JSON.stringify(result.failure));
  return result.value;
}

function problemOf(body: unknown): string {
  const result = parseJobRequest(body);
  if (result.ok || result.failure.kind !== "invalid_value") throw new Error("it is right");
  return `${result.failure.param} ${result.failure.problem}`;
}

describe("input", () => {
  test("the present form, whatever its one input is called", () => {
    const { input } = parsed({});
    expect(input).toEqual({ kind: "rows", data: { type: "UriFile", uri: "files/pairs.csv" } });
  });

  test("the older form", () => {
    const dataset = { dataInputType: "DataUrl", Path: "files/night/" };
    const result = parseJobRequest({ properties: { dataset } });
    expect(result).toMatchObject({
      ok: true,
      value: { input: { kind: "rows", data: { type: "UriFolder", uri: "files/night/" } } },
    });
  });

  test("a TREC run has three inputs, in any order", () => {
    const file = (name: string) => ({ JobInputType: "UriFile", Uri: `files/${name}` });
    const InputData = { queries: file("q"), collection: file("c"), run: file("r") };
    expect(parsed({ InputData }).input).toMatchObject({
      kind: "run",
      run: { uri: "files/r" },
      queries: { uri: "files/q" },
      collection: { uri: "files/c" },
    });
  });

  test.each([
    [{}, "properties is wrong"],
    [{ properties: {} }, "properties.InputData must name one input"],
    [{ properties: { InputData: {} } }, "properties.InputData must name one input"],
    [{ properties: { InputData: { a: INPUT.data, b: INPUT.data } } }, "has 2 inputs"],
    [{ properties: { InputData: { a: { JobInputType: "MLTable", Uri: "x" } } } }, "MLTable is not"],
    [{ properties: { InputData: { a: { JobInputType: "Literal", Value: 1 } } } }, "Literal is not"],
    [{ properties: { InputData: { a: { JobInputType: "UriFile" } } } }, "a.Uri must be an address"],
    [{ properties: { InputData: INPUT, dataset: { dataInputType: "DataUrl" } } }, "has both"],
    [{ properties: { dataset: { dataInputType: "DatasetId" } } }, "must be DataUrl"],
    [{ properties: { dataset: { dataInputType: "DataUrl" } } }, "dataset.Path must be an address"],
    [[], "The body is wrong"],
    ["x", "The body is wrong"],
    [null, "The body is wrong"],
  ])("refuses %j", (body, problem) => {
    expect(problemOf(body)).toContain(problem);
  });
});

describe("overrides", () => {
  test("have defaults", () => {
    expect(parsed({})).toMatchObject({
      output: null,
      outputFileName: "predictions.csv",
      model: undefined,
      route: "auto",
      errorThreshold: -1,
      maxRetries: 40,
      timeoutSeconds: 900,
      instanceCount: 1,
      maxConcurrency: null,
      tags: {},
      description: null,
    });
  });

  test("are read, and those that have no use here are accepted", () => {
    const request = parsed({
      compute: { instanceCount: 4, instanceType: "Standard_DS3_v2" },
      errorThreshold: 7,
      loggingLevel: "Debug",
      maxConcurrencyPerInstance: 3,
      miniBatchSize: 10,
      partitionKeys: ["day"],
      outputFileName: "night.csv",
      retrySettings: { maxRetries: 2, timeout: "PT1M30S" },
      tags: { team: "search" },
      description: "all of it",
      unheardOf: { of: true },
      OutputData: { score: { JobOutputType: "UriFolder", Uri: "files/out/" } },
    });
    expect(request).toMatchObject({
      instanceCount: 4,
      errorThreshold: 7,
      maxConcurrency: 3,
      outputFileName: "night.csv",
      maxRetries: 2,
      timeoutSeconds: 90,
      tags: { team: "search" },
      description: "all of it",
      output: { type: "UriFolder", uri: "files/out/" },
    });
  });

  test.each([
    [{ errorThreshold: -2 }, "errorThreshold"],
    [{ errorThreshold: 1.5 }, "errorThreshold"],
    [{ errorThreshold: "7" }, "errorThreshold"],
    [{ compute: { instanceCount: 0 } }, "compute.instanceCount"],
    [{ compute: { instanceCount: 101 } }, "compute.instanceCount"],
    [{ maxConcurrencyPerInstance: 17 }, "maxConcurrencyPerInstance"],
    [{ miniBatchSize: 0 }, "miniBatchSize"],
    [{ loggingLevel: "Loud" }, "loggingLevel must be Info"],
    [{ outputFileName: "../x" }, "outputFileName must be a file's name"],
    [{ outputFileName: ".." }, "outputFileName must be a file's name"],
    [{ outputFileName: "a/b.csv" }, "outputFileName must be a file's name"],
    [{ outputFileName: "=1+1" }, "outputFileName must be a file's name"],
    [{ retrySettings: { timeout: "30 s" } }, "retrySettings.timeout must be an ISO 8601"],
    [{ retrySettings: { timeout: "PT0S" } }, "retrySettings.timeout must be an ISO 8601"],
    [{ retrySettings: { timeout: "P2D" } }, "to 86400 seconds"],
    [{ retrySettings: { maxRetries: 101 } }, "retrySettings.maxRetries"],
    [{ tags: { a: 1 } }, "tags.a"],
    [{ OutputData: { a: { Uri: "x" }, b: { Uri: "y" } } }, "has 2 outputs"],
    [{ OutputData: { a: { JobOutputType: "MLTable", Uri: "x" } } }, "must be UriFile or UriFolder"],
  ])("refuses %j", (override, problem) => {
    expect(problemOf({ properties: { InputData: INPUT, ...override } })).toContain(problem);
  });
});

describe("own options", () => {
  test("are strings of properties.properties", () => {
    const request = parsed({
      properties: {
        experimentName: "night",
        model: "x/rerank-minilm-l6",
        route: "edge",
        inputFormat: "csv",
        delimiter: "\\t",
        columns: "query=question, document = the passage",
      },
    });
    expect(request).toMatchObject({
      experimentName: "night",
      model: "x/rerank-minilm-l6",
      route: "edge",
      options: {
        format: "csv",
        delimiter: "\t",
        columns: { query: "question", document: "the passage", text: "input_string" },
      },
    });
  });

  test.each([
    [{ inputFormat: "xlsx" }, "inputFormat must be auto, csv, jsonl, parquet"],
    [{ delimiter: ";;" }, "delimiter must be one ASCII character"],
    [{ delimiter: '"' }, "delimiter must be one ASCII character"],
    [{ delimiter: "é" }, "delimiter must be one ASCII character"],
    [{ route: "moon" }, "route must be auto, edge, backend"],
    [{ columns: "query" }, "columns must be a list such as"],
    [{ columns: "query=" }, "columns must be a list such as"],
    [{ columns: "__proto__=a" }, "columns must be a list such as"],
    [{ columns: "constructor=a" }, "columns must be a list such as"],
  ])("refuses %j", (properties, problem) => {
    expect(problemOf({ properties: { InputData: INPUT, properties } })).toContain(problem);
  });
});
