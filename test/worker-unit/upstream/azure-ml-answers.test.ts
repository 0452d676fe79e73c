import { describe, expect, test } from "vitest";
import { azureMlUpstreams } from "../../../worker/protocols/azure-ml.ts";
import { logitOf } from "../../../engine/scores.ts";

describe("an answer of an Azure ML endpoint", () => {
  const LABELS_ALONE = "labels without scores";
  const SEVERAL = "several labels, where a model that ranks has one";

  const readings = (body: unknown) =>
    Object.values(azureMlUpstreams).map((protocol) =>
      protocol.read({ body, headers: new Headers() }, 2),
    );

  test.each([
    [
      "the pipeline's",
      [
        { label: "LABEL_0", score: 0.25 },
        { label: "LABEL_0", score: 0.75 },
      ],
    ],
    [
      "the pipeline's, when asked for all labels",
      [[{ label: "LABEL_0", score: 0.25 }], [{ label: "LABEL_0", score: 0.75 }]],
    ],
    [
      "the wrapper's with scores",
      [
        { "0": "LABEL_0", score: 0.25 },
        { "0": "LABEL_0", score: 0.75 },
      ],
    ],
    ["that of scores alone", [{ score: 0.25 }, { score: 0.75 }]],
    ["a JSON string of one", '[{"label":"x","score":0.25},{"label":"x","score":0.75}]'],
  ])("is read in whatever generation was called if its form is %s", (_, body) => {
    const value = { logits: [logitOf(0.25), logitOf(0.75)], tokens: null };
    expect(readings(body)).toEqual(Array.from({ length: 3 }, () => ({ ok: true, value })));
  });

  test.each([
    [[{ "0": "LABEL_0" }, { "0": "LABEL_0" }], LABELS_ALONE],
    [["LABEL_0", "LABEL_0"], LABELS_ALONE],
    [[{ label: "LABEL_0" }, { label: "LABEL_0", score: 0.5 }], LABELS_ALONE],
    [
      [
        { label: "no", score: 0.9 },
        { label: "yes", score: 0.8 },
      ],
      SEVERAL,
    ],
    [
      [
        { "0": "no", score: 0.9 },
        { "0": "yes", score: 0.8 },
      ],
      SEVERAL,
    ],
    [
      [
        [
          { label: "no", score: 0.9 },
          { label: "yes", score: 0.1 },
        ],
        [{ label: "no", score: 0.2 }],
      ],
      SEVERAL,
    ],
    ["[", "no list of rows"],
    ['{"message":"Not now."}', "no list of rows"],
    ['"[]"', "no list of rows"],
  ])("is not %j: %s", (body, problem) => {
    expect(readings(body)).toEqual(Array.from({ length: 3 }, () => ({ ok: false, problem })));
  });
});
