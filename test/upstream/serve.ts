/** `node test/upstream/serve.ts`: the faulty upstream for a person to try things on, until it is interrupted. */
import { parseArgs } from "node:util";
import { readFault } from "./fault.ts";
import { startFaultyUpstream } from "./faulty-upstream.ts";

const HELP = `Usage: node test/upstream/serve.ts [--port N] [--fault JSON]

Answers TEI's, Cohere's, NIM's and Azure ML's scoring calls on 127.0.0.1, and misbehaves as told.

--port N      default 9001; 0 for any that is free
--fault JSON  what it does wrong from the start, for example '{"kind":"delay","ms":500}'; test/upstream/fault.ts lists them

While it runs, PUT /fault with such JSON, or null, says anew what it does wrong.`;

try {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "9001" },
      fault: { type: "string", default: "null" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) console.log(HELP);
  else await serve(values.port, values.fault);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}

async function serve(port: string, faultJson: string): Promise<void> {
  const read = readFault(faultJson);
  if ("error" in read) throw new Error(`--fault: ${read.error}`);
  const upstream = await startFaultyUpstream({ port: Number(port) });
  upstream.fault = read.fault;
  console.log(`Listening on ${upstream.url}`);
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => void upstream.close());
}
