/** Runs `test/clients/azure-batch.py` against the service with the small model: `node test/jobs/runs/azure-flow.ts`, with its exit status. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { bundleService, ROOT } from "./bundle.ts";
import { jobService } from "./service.ts";

const service = await jobService(await bundleService());
await service.start();
const client = spawn("python3", ["-B", join(ROOT, "test/clients/azure-batch.py")], {
  stdio: "inherit",
  env: { ...process.env, SERVICE_URL: service.url },
});
const [code] = (await once(client, "exit")) as [number | null];
await service.stop();
process.exit(code ?? 1);
