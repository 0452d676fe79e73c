/**
 * The input that a query string stands for, as the Azure ML inference server reads `GET /score`: each value parsed as JSON, else
 * kept as a text; a repeated name becomes a list. `a=1&b=[1,2]&c=x` is `{"a": 1, "b": [1, 2], "c": "x"}`.
 *
 * @see azureml-inference-server-http 1.5.1, `_parse_get_parameters` in server/input_parsers.py
 */
export function queryInput(parameters: URLSearchParams): Record<string, unknown> {
  const byName = Map.groupBy(parameters, ([name]) => name);
  return Object.fromEntries(
    Array.from(byName, ([name, entries]) => {
      const values = entries.map(([, value]) => jsonOrText(value));
      return [name, values.length === 1 ? values[0] : values];
    }),
  );
}

function jsonOrText(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
