import { describe, expect, test } from "vitest";
import { logitOf } from "../../../engine/scores.ts";
import { readBody, UPSTREAM_FORMS, type UpstreamForm } from "./protocols.ts";

/** Of documents 0, 1 and 2. */
const SCORES = [0.25, 0.75, 0.5];
const PAIRS = SCORES.length;

const forms = Object.entries(UPSTREAM_FORMS);
const indexedForms = forms.flatMap(([name, form]) =>
  form.fields.index === undefined ? [] : [[name, form, form.fields.index] as const],
);

describe.each(forms)("an answer of %s", (_, form) => {
  test("is read to logits in the call's order, and its tokens", () => {
    expect(readResults(form, right(form))).toEqual(rightReading(form));
  });

  test("may have fields that nobody knows", () => {
    const results = right(form).map((fields) => ({ ...fields, extra: ["x"], document: null }));
    const answer = form.answer(results);
    const body = Array.isArray(answer) ? answer : { ...(answer as object), extra: "x" };
    expect(readBody(form, body, PAIRS)).toEqual(rightReading(form));
  });

  test("has a result for each document, no more and no fewer", () => {
    const results = right(form);
    expect(problem(form, results.slice(1))).toBe("2 results for 3 documents");
    expect(problem(form, [...results, result(form, 3, 0.5)])).toBe("4 results for 3 documents");
    expect(problem(form, [])).toBe("0 results for 3 documents");
  });

  test.each([NaN, Infinity, -Infinity, null, undefined, "0.5", true, [0.5], { value: 0.5 }])(
    "has no score %j",
    (score) => {
      expect(problem(form, [...right(form).slice(0, 2), result(form, 2, score)])).toBe(
        form.scale === "logit"
          ? "a score that is no finite number"
          : "a score that is no number from 0 to 1",
      );
    },
  );

  test("has a score in every result", () => {
    const [first, second, third] = right(form);
    const { [form.fields.score]: _score, ...scoreless } = third!;
    expect(problem(form, [first, second, scoreless])).toMatch(/^a score that is no /);
  });

  test.each([null, undefined, 7, "", "no JSON", true, {}, { message: "Not now." }, [null], [[]]])(
    "is not %j",
    (body) => {
      expect(problemOf(readBody(form, body, PAIRS))).toMatch(
        /^no list of (results|rankings|rows)$/,
      );
    },
  );

  test.each([null, "results", {}, [null], ["x", "y", 1], [1, 2, 3]])(
    "has no %j where the results should be",
    (results) => {
      expect(problem(form, results)).toMatch(/^no list of (results|rankings|rows)$/);
    },
  );

  test("never repeats its texts in a problem", () => {
    const secret = "a text of the caller";
    for (const value of [secret, { text: secret }, [secret], { message: secret }]) {
      expect(problem(form, [...right(form).slice(0, 2), result(form, 2, value)])).not.toContain(
        secret,
      );
      expect(problem(form, value)).not.toContain(secret);
      expect(problemOf(readBody(form, value, PAIRS))).not.toContain(secret);
    }
  });
});

describe.each(indexedForms)("an answer of %s, whose results have an index", (_, form, field) => {
  test.each([[[2, 0, 1]], [[1, 2, 0]], [[2, 1, 0]]])("may have them in the order %j", (order) => {
    const results = right(form);
    expect(
      readResults(
        form,
        order.map((index) => results[index]),
      ),
    ).toEqual(rightReading(form));
  });

  test("has no index twice", () => {
    const [first, second] = right(form);
    expect(problem(form, [first, second, second])).toBe("an index twice");
  });

  test.each([-1, 3, 0.5, NaN, "0", null, undefined, "a text of the caller"])(
    "has no index %j",
    (index) => {
      const [first, ...others] = right(form);
      expect(problem(form, [{ ...first, [field]: index }, ...others])).toBe(
        "an index that no document has",
      );
    },
  );
});

describe.each(forms.filter(([, { scale }]) => scale === "score"))(
  "an answer of %s, which has sigmoids",
  (_, form) => {
    test.each([-0.001, 1.001, 8.5])("has no score %d", (score) => {
      expect(problem(form, [...right(form).slice(0, 2), result(form, 2, score)])).toBe(
        "a score that is no number from 0 to 1",
      );
    });

    test("may have 0 and 1, whose logits are finite", () => {
      const reading = readResults(
        form,
        [0, 1, 0.5].map((score, index) => result(form, index, score)),
      );
      if (!reading.ok) throw new Error(reading.problem);
      const [least, greatest, middle] = reading.value.logits;
      expect(least).toBeLessThan(-100);
      expect(greatest).toBeGreaterThan(30);
      expect(reading.value.logits.every(Number.isFinite)).toBe(true);
      expect(middle).toBe(0);
    });
  },
);

test.each(forms.filter(([, { scale }]) => scale === "logit"))(
  "an answer of %s may have logits of any size",
  (_, form) => {
    const logits = [-1e6, 0, 1e6];
    const reading = readResults(
      form,
      logits.map((logit, index) => result(form, index, logit)),
    );
    expect(reading).toEqual({ ok: true, value: { logits, tokens: form.tokens } });
  },
);

test.each(forms.filter(([, { tokens }]) => tokens !== null))(
  "an answer of %s may tell its tokens wrongly or not at all",
  (_, form) => {
    const answer = form.answer(right(form));
    for (const wrong of [undefined, null, "many", {}, { total_tokens: -1 }, { tokens: "x" }]) {
      const body = Array.isArray(answer)
        ? answer
        : { ...(answer as object), usage: wrong, meta: wrong };
      const silent: UpstreamForm = { ...form, headers: { "x-compute-tokens": String(wrong) } };
      const { logits } = rightReading(form).value;
      const value = { logits, tokens: null };
      expect(readBody(silent, body, PAIRS)).toEqual({ ok: true, value });
    }
  },
);

function right(form: UpstreamForm): Record<string, unknown>[] {
  return SCORES.map((score, index) => result(form, index, score));
}

function result({ fields }: UpstreamForm, index: number, score: unknown): Record<string, unknown> {
  return { ...(fields.index && { [fields.index]: index }), [fields.score]: score };
}

function rightReading({ scale, tokens }: UpstreamForm) {
  const logits = scale === "logit" ? SCORES : SCORES.map(logitOf);
  return { ok: true, value: { logits, tokens } };
}

function readResults(form: UpstreamForm, results: unknown) {
  return readBody(form, form.answer(results), PAIRS);
}

function problem(form: UpstreamForm, results: unknown): string {
  return problemOf(readResults(form, results));
}

function problemOf(reading: ReturnType<typeof readBody>): string {
  if (reading.ok) throw new Error("the answer was read");
  return reading.problem;
}
