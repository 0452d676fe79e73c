/** JSON that a stranger may send: values that parsers trip over, and right bodies with some of their values replaced by those. Pure. */
import fc from "fast-check";
import { LIMITS } from "../../worker/limits.ts";

/** Stands in every text that is made up here, so that an error which quotes one can be told. */
export const CANARY = "KANARIE";

const longText = (chars: number): string => CANARY + "x".repeat(chars - CANARY.length);

/** Of a length that no limit allows, or the last that one does. */
const LONG_TEXTS = [LIMITS.maxQueryChars, LIMITS.maxDocumentChars].flatMap((chars) => [
  longText(chars),
  longText(chars + 1),
]);

const LONG_LISTS = [LIMITS.maxDocuments, LIMITS.maxDocuments + 1].flatMap((length) => [
  Array.from({ length }, () => `${CANARY} document`),
  Array.from({ length }, () => null),
]);

const TEXTS = [
  "",
  " ",
  "\0",
  "\ud800",
  "\ufeff",
  CANARY,
  `${CANARY}\r\nset-cookie: a=b`,
  `[CLS] ${CANARY} [SEP] ${CANARY} [SEP]`,
  `__proto__${CANARY}`,
  `../${CANARY}`,
  `r2://${CANARY}/files/x`,
  `http://169.254.169.254/${CANARY}`,
  "e\u0301".repeat(50),
];

/** JSON has numbers that no double holds: `1e999` is parsed as infinite. */
const NUMBERS = [
  0,
  -0,
  1,
  -1,
  0.5,
  2,
  3,
  100,
  1e-320,
  2 ** 31,
  2 ** 53,
  1e308,
  Infinity,
  -Infinity,
];

/** Names that objects have without being told, beside those of no protocol. */
const NAMES = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "valueOf",
  "toJSON",
  "then",
  "length",
  "0",
  "",
  "a.b[0]",
  "text",
  "query",
  "queries",
  "documents",
  "texts",
  "passages",
  "inputs",
  "input_data",
  "columns",
  "data",
  "parameters",
  "properties",
  "index",
  "score",
  "results",
];

const shallow = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...TEXTS) },
  { weight: 4, arbitrary: fc.constantFrom(...NUMBERS) },
  { weight: 3, arbitrary: fc.constantFrom(null, true, false) },
  { weight: 1, arbitrary: fc.string({ maxLength: 8 }).map((text) => CANARY + text) },
);

const name = fc.constantFrom(...NAMES);

/** An object as `JSON.parse` makes it, with `__proto__` a property like any other. */
function objectOf(entries: readonly (readonly [string, unknown])[]): object {
  return Object.fromEntries(entries);
}

const small = fc.oneof(
  { weight: 6, arbitrary: shallow },
  { weight: 2, arbitrary: fc.array(shallow, { maxLength: 3 }) },
  { weight: 2, arbitrary: fc.array(fc.tuple(name, shallow), { maxLength: 3 }).map(objectOf) },
);

/** Any JSON value, mostly small, at times at a limit or over it. */
export const anyJson: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 12, arbitrary: shallow },
  { weight: 3, arbitrary: fc.array(small, { maxLength: 4 }) },
  { weight: 3, arbitrary: fc.array(fc.tuple(name, small), { maxLength: 4 }).map(objectOf) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: LIMITS.maxJsonDepth }).map(nested) },
  { weight: 1, arbitrary: fc.constantFrom(...LONG_TEXTS, ...LONG_LISTS) },
);

function nested(depth: number): unknown {
  let value: unknown = CANARY;
  for (let level = 0; level < depth; level++) value = level % 2 ? [value] : { text: value };
  return value;
}

/** One change of a value: at the `at`-th place of those it has, counted round and round. */
interface Change {
  kind: "replace" | "drop" | "add" | "wrap" | "repeat" | "rename";
  at: number;
  name: string;
  value: unknown;
}

const change: fc.Arbitrary<Change> = fc.record({
  kind: fc.constantFrom("replace", "replace", "drop", "add", "wrap", "repeat", "rename"),
  at: fc.nat(1_000),
  name,
  value: anyJson,
});

/**
 * Values that are almost right: one of some right ones with up to four changes, or none.
 * @param right - As `JSON.parse` would give them.
 */
export function almost(right: readonly unknown[]): fc.Arbitrary<unknown> {
  return (
    fc
      .tuple(fc.constantFrom(...right), fc.array(change, { maxLength: 4 }))
      // Clones, since a change may be made within what an earlier one has put there.
      .map(([value, changes]) =>
        changes.reduce<unknown>(
          (root, each) => changed(root, { ...each, value: structuredClone(each.value) }),
          structuredClone(value),
        ),
      )
  );
}

/** Anything, and what is almost right, which is more likely to come far. */
export function bodies(right: readonly unknown[]): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 1, arbitrary: anyJson }, { weight: 7, arbitrary: almost(right) });
}

type Holder = Record<string, unknown>;

/** Places looked at in one value: a list of thousands is changed near its start. */
const MAX_PLACES = 60;

/** Objects and lists in a value with the keys of what they hold. */
function placesOf(value: unknown, places: [Holder, string][] = []): [Holder, string][] {
  if (typeof value !== "object" || value === null) return places;
  for (const key in value) {
    if (places.length >= MAX_PLACES) break;
    places.push([value as Holder, key]);
    placesOf((value as Holder)[key], places);
  }
  return places;
}

function changed(root: unknown, { kind, at, name, value }: Change): unknown {
  const places = placesOf(root);
  if (places.length === 0) return value;
  const [holder, key] = places[at % places.length]!;
  const old = holder[key];
  const put = (property: string, content: unknown): void => {
    // Not an assignment, to which `__proto__` would mean something else.
    Object.defineProperty(holder, property, {
      value: content,
      configurable: true,
      enumerable: true,
      writable: true,
    });
  };
  switch (kind) {
    case "replace":
      put(key, value);
      break;
    case "drop":
      if (Array.isArray(holder)) holder.splice(Number(key), 1);
      else delete holder[key];
      break;
    case "add":
      if (Array.isArray(holder)) holder.push(value);
      else put(name, value);
      break;
    case "wrap":
      put(key, at % 2 ? [old] : objectOf([[name, old]]));
      break;
    case "repeat":
      put(key, [old, old]);
      break;
    case "rename":
      if (!Array.isArray(holder)) {
        delete holder[key];
        put(name, old);
      }
  }
  return root;
}
