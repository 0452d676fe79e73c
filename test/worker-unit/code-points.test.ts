import { expect, test } from "vitest";
import { codePointIndex, countCodePoints } from "../../worker/code-points.ts";

test.each(["", "plain é", "a😀b", "👨‍👩‍👧x", "lone \ud800 surrogate"])(
  "places in %j are those in the list of its characters",
  (text) => {
    const characters = [...text];
    const placeOf = codePointIndex(text);
    expect(countCodePoints(text)).toBe(characters.length);
    for (let place = 0; place <= characters.length; place++)
      expect(placeOf(characters.slice(0, place).join("").length)).toBe(place);
  },
);
