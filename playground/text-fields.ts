/** Fields of an object, or columns of a table, that hold a document's text: the first that is there counts. */
export const TEXT_FIELDS = ["text", "document", "content", "passage"] as const;

/** For messages: `text, document, content or passage`. */
export const TEXT_FIELD_LIST = TEXT_FIELDS.join(", ").replace(/, (\w+)$/, " or $1");
