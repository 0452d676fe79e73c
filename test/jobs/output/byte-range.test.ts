import { expect, it } from "vitest";
import { parseRange } from "../../../worker/jobs/output/byte-range.ts";

it.each([
  ["bytes=0-0", { offset: 0, length: 1 }],
  ["bytes=2-5", { offset: 2, length: 4 }],
  ["bytes=9-", { offset: 9, length: 1 }],
  ["bytes=0-", { offset: 0, length: 10 }],
  ["bytes=3-99999999999999999999", { offset: 3, length: 7 }],
  ["bytes=-3", { offset: 7, length: 3 }],
  ["bytes=-10", { offset: 0, length: 10 }],
  ["bytes=-11", { offset: 0, length: 10 }],
  ["Bytes= 1-2 ", { offset: 1, length: 2 }],
])("of 10 bytes, %s is a range", (header, range) => {
  expect(parseRange(header, 10)).toEqual(range);
});

it.each(["bytes=10-", "bytes=10-20", "bytes=99999999999999999999-", "bytes=-0"])(
  "of 10 bytes, %s has none",
  (header) => expect(parseRange(header, 10)).toBe("unsatisfiable"),
);

it.each([
  null,
  "",
  "bytes",
  "bytes=",
  "bytes=-",
  "bytes=5-2",
  "bytes=0-1,3-4",
  "bytes=a-b",
  "bytes=1.5-2",
  "bytes=--1",
  "bytes=+1-2",
  "rows=0-1",
  "0-1",
])("%j is ignored", (header) => {
  expect(parseRange(header, 10)).toBeNull();
});

it.each(["bytes=0-", "bytes=0-0", "bytes=-1"])("of no bytes, %s has none", (header) => {
  expect(parseRange(header, 0)).toBe("unsatisfiable");
});
