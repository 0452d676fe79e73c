/** An event with its data, whose lines are joined. */
export interface ServerSentEvent {
  /** "message" if it has no name. */
  event: string;
  data: string;
}

/**
 * The events of a text as they are complete; comments, and fields other than `event` and `data`, are none.
 *
 * @param onLine - Called for each line, a comment's, too.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export async function* serverSentEvents(
  text: AsyncIterable<string>,
  onLine: () => void,
): AsyncGenerator<ServerSentEvent, void, undefined> {
  let rest = "";
  let event = "";
  let data: string[] = [];
  for await (const chunk of text) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop()!;
    for (const ended of lines) {
      onLine();
      const line = ended.replace(/\r$/, "");
      const [, field, value = ""] = /^([^:]*)(?:: ?(.*))?$/s.exec(line)!;
      if (field === "event") event = value;
      else if (field === "data") data.push(value);
      if (line !== "") continue;
      if (data.length > 0) yield { event: event || "message", data: data.join("\n") };
      [event, data] = ["", []];
    }
  }
}
