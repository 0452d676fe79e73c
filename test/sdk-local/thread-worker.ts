import { Worker } from "node:worker_threads";
import type { WorkerLike } from "../../sdk/local/index.ts";

const SCRIPT = new URL("../../sdk/local/worker.ts", import.meta.url).href;

/** Gives a thread of Node what a Web Worker's script finds. */
const BOOTSTRAP = `
const { parentPort } = require("node:worker_threads");
globalThis.postMessage = (message) => parentPort.postMessage(message);
globalThis.addEventListener = (type, listener) => parentPort.on(type, (data) => listener({ data }));
import(${JSON.stringify(SCRIPT)});
`;

/** The script of local mode's Web Worker in a thread of Node. */
export function threadWorker(script: string = BOOTSTRAP): WorkerLike {
  const thread = new Worker(script, { eval: true });
  return {
    postMessage: (message, transfer) => thread.postMessage(message, transfer),
    addEventListener: (type, listener) => {
      thread.on(type, (value) => listener(type === "message" ? { data: value } : value));
    },
    terminate: () => void thread.terminate(),
  };
}
