/** Which columns of a Parquet file make its rows, and whether their types are fit for it. Pure. */
import type { ParquetType, SchemaTree } from "hyparquet";
import type { ColumnNames } from "../source.ts";
import { ParquetFault } from "./parquet-fault.ts";
import type { Levels } from "./parquet-pages.ts";
import { rowShape, textNamesOf } from "./row-shape.ts";

export interface ParquetColumn {
  name: string;
  /** Of the column that holds its values: the name, and those of a list's parts. */
  path: readonly string[];
  type: ParquetType;
  isUnsigned: boolean;
  levels: Levels;
  /** Definition level of an empty list: below it the list is null, above it has an element. Null of what is no list. */
  emptyListLevel: number | null;
}

type Kind = "text" | "text or list" | "id";

const EXPECTED: Record<Kind, string> = {
  text: "strings",
  "text or list": "strings or lists of strings",
  id: "strings or integers",
};

/** @throws ParquetFault `missing_column`, `wrong_type` */
export function findColumns(root: SchemaTree, names: ColumnNames): ParquetColumn[] {
  const children = new Map(root.children.map((child) => [child.element.name, child]));
  const shape = rowShape(names, (name) => children.has(name));
  const wanted: [name: string, kind: Kind][] = [];
  switch (shape.kind) {
    case "text":
      wanted.push([textNamesOf(names).find((name) => children.has(name))!, "text or list"]);
      break;
    case "pair":
      wanted.push([names.query, "text"], [names.document, "text"], [names.documentId, "id"]);
      break;
    case "ranking":
      wanted.push([names.query, "text"], [names.documents, "text or list"]);
      break;
    case "unclear": {
      const [column = null, ...others] = shape.missing;
      throw new ParquetFault(
        "missing_column",
        `The file has no column ${shape.missing.join(" or ")}.`,
        { column: others.length === 0 ? column : null },
      );
    }
  }
  wanted.push([names.queryId, "id"]);
  return wanted.flatMap(([name, kind]) => {
    const tree = children.get(name);
    return tree ? [readColumn(tree, name, kind)] : [];
  });
}

function readColumn(tree: SchemaTree, name: string, kind: Kind): ParquetColumn {
  const path = singleChildren(tree);
  const leaf = path.at(-1)!;
  const { element } = leaf;
  const repeatedAt = path.findIndex((part) => part.element.repetition_type === "REPEATED");
  const isList = repeatedAt >= 0;
  const column: ParquetColumn = {
    name,
    path: leaf.path,
    type: element.type ?? "BOOLEAN",
    isUnsigned: isUnsignedInteger(leaf),
    levels: {
      maxRepetition: path.filter((part) => part.element.repetition_type === "REPEATED").length,
      maxDefinition: definitionLevel(path),
    },
    emptyListLevel: isList ? definitionLevel(path.slice(0, repeatedAt)) : null,
  };
  const isNested = isList ? column.levels.maxRepetition > 1 || path.length > 3 : path.length > 1;
  const fits =
    leaf.children.length === 0 &&
    !isNested &&
    (isList
      ? kind === "text or list" && isText(leaf)
      : isText(leaf) || (kind === "id" && isInteger(leaf)));
  if (!fits) {
    const found = leaf.children.length > 0 || isNested ? "nested" : typeName(leaf, isList);
    throw new ParquetFault(
      "wrong_type",
      `The column ${name} must have ${EXPECTED[kind]}; its type is ${found}.`,
      { column: name },
    );
  }
  return column;
}

/** From the column down to its values, as long as each part has a single one in it. */
function singleChildren(tree: SchemaTree): SchemaTree[] {
  const path = [tree];
  for (let part = tree; part.children.length === 1;) {
    part = part.children[0]!;
    path.push(part);
  }
  return path;
}

function definitionLevel(path: readonly SchemaTree[]): number {
  return path.filter((part) => part.element.repetition_type !== "REQUIRED").length;
}

function isText({ element }: SchemaTree): boolean {
  const { type, converted_type: converted, logical_type: logical } = element;
  return (
    type === "BYTE_ARRAY" &&
    (converted === undefined || ["UTF8", "ENUM", "JSON"].includes(converted)) &&
    (logical === undefined || ["STRING", "ENUM", "JSON"].includes(logical.type))
  );
}

function isInteger({ element }: SchemaTree): boolean {
  const { type, converted_type: converted, logical_type: logical } = element;
  return (
    (type === "INT32" || type === "INT64") &&
    (converted === undefined || /^U?INT_\d+$/.test(converted)) &&
    (logical === undefined || logical.type === "INTEGER")
  );
}

function isUnsignedInteger({ element }: SchemaTree): boolean {
  const { converted_type: converted, logical_type: logical } = element;
  return (
    converted?.startsWith("UINT_") === true || (logical?.type === "INTEGER" && !logical.isSigned)
  );
}

function typeName({ element }: SchemaTree, isList: boolean): string {
  const name = element.logical_type?.type ?? element.converted_type ?? element.type ?? "unknown";
  return isList ? `a list of ${name}` : name;
}
