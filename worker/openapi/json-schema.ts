/** A zod schema as the JSON Schema of OpenAPI 3.1. */
import * as z from "zod";

/** A schema that the document has under a name. */
export interface NamedSchema<T extends z.ZodType = z.ZodType> {
  name: string;
  schema: T;
  /** Of a schema that is a choice of others: those. */
  either?: readonly NamedSchema[];
}

/** What any of several protocols has. */
export function either(name: string, ...schemas: readonly NamedSchema[]): NamedSchema {
  return { name, schema: z.union(schemas.map(({ schema }) => schema)), either: schemas };
}

/** What may be sent: transformations, and what they make, are left out. */
export function inputSchema(schema: z.ZodType): object {
  return convert(schema, "input");
}

/** What is answered. */
export function outputSchema(schema: z.ZodType): object {
  return convert(schema, "output");
}

function convert(schema: z.ZodType, io: "input" | "output"): object {
  const { $schema: _, ...converted } = z.toJSONSchema(schema, {
    io,
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => {
      const elements = checkedLater(zodSchema);
      if (elements) jsonSchema.items = convert(elements, io) as z.core.JSONSchema.JSONSchema;
    },
  });
  return converted;
}

/** The elements of a list whose length is checked before they are: a list of unknown values in a pipe to one of known ones. */
function checkedLater(schema: z.core.$ZodType): z.ZodType | undefined {
  if (!(schema instanceof z.ZodPipe)) return undefined;
  const { in: list, out: checked } = schema.def;
  const isList = list instanceof z.ZodArray && checked instanceof z.ZodArray;
  return isList ? (checked.element as z.ZodType) : undefined;
}
