/** `rerank info`: what a service is and takes. */
import { defineCommand } from "./command.ts";
import { connect, CONNECTION_HELP, CONNECTION_OPTIONS } from "./connection.ts";
import { UsageError } from "./failure.ts";
import { OUTPUT_HELP, OUTPUT_OPTIONS, outputFormat, writeResults } from "./output.ts";

export const infoCommand = defineCommand({
  summary: "shows a service's models and limits",
  synopsis: "[OPTIONS]",
  help: `Shows a service's version, models and limits, and where requests are computed.

${CONNECTION_HELP}

${OUTPUT_HELP}`,
  options: { ...CONNECTION_OPTIONS, ...OUTPUT_OPTIONS },
  async run(values, files, terminal) {
    if (files.length > 0) throw new UsageError("info takes no files.");
    const format = outputFormat(values);
    const client = await connect(values, terminal);
    const info = await client.info({ signal: terminal.signal });
    const rows: [name: string, value: string | number][] = [
      ["version", info.version],
      ["model", info.model],
      ["models", info.models.join(", ")],
      ["labels", info.labels.join(", ")],
      ["maxSeqLength", info.maxSeqLength],
      ...Object.entries(info.limits),
      "misconfigured" in info.routing
        ? ["misconfigured", info.routing.misconfigured.join(" ")]
        : ["routing", info.routing.rule],
    ];
    const lines = rows.map(([name, value]) => ({ name, value }));
    writeResults(format, { header: ["name", "value"], rows, lines, whole: info }, terminal);
  },
});
