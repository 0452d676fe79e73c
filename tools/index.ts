/** The operator's command line: `npm run tools -- COMMAND`. Each command is a file; this is the table of them. */
import { runCommandLine, type Command } from "./command-line.ts";
import { deployCommand } from "./deploy/command.ts";
import { evaluateCommand } from "./evaluation/evaluate.ts";
import { explainRouteCommand } from "./explain-route.ts";
import { keysCommand } from "./keys/keys.ts";
import { packCommand } from "./pack.ts";
import { pullCommand } from "./pull.ts";
import { smokeCommand } from "./smoke/command.ts";
import { licencesCommand, sbomCommand } from "./supply-chain/commands.ts";
import { unpackCommand } from "./unpack.ts";

export const commands: Readonly<Record<string, Command>> = {
  pull: pullCommand,
  pack: packCommand,
  unpack: unpackCommand,
  evaluate: evaluateCommand,
  "explain-route": explainRouteCommand,
  keys: keysCommand,
  deploy: deployCommand,
  smoke: smokeCommand,
  sbom: sbomCommand,
  licences: licencesCommand,
};

if (import.meta.main) {
  process.exitCode = await runCommandLine(commands, process.argv.slice(2), {
    env: process.env,
    stdin: process.stdin,
    print: (line) => console.log(line),
    stderr: process.stderr,
  });
}
