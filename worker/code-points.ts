/** Places in a text counted in code points, as Python counts them, where JavaScript counts UTF-16 units. */

const SURROGATES = /[\ud800-\udfff]/;

/** Code points of a text. */
export function countCodePoints(text: string): number {
  return SURROGATES.test(text) ? [...text].length : text.length;
}

/** A function from a place in UTF-16 units, 0 to the text's length, to the same place in code points. */
export function codePointIndex(text: string): (unit: number) => number {
  if (!SURROGATES.test(text)) return (unit) => unit;
  const places = new Int32Array(text.length + 1);
  let place = 0;
  for (let unit = 0; unit <= text.length; place++) {
    places[unit] = place;
    unit += (text.codePointAt(unit) ?? 0) > 0xffff ? 2 : 1;
  }
  return (unit) => places[unit]!;
}
