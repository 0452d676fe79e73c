/** The model's files. They are static assets of the Worker, deployed and versioned with it, which only the Worker can read. */
import { env } from "cloudflare:workers";
import type { FileStream } from "../engine/index.ts";
import type { FileRecord } from "../engine/manifest.ts";

/** Read at a time: much smaller pieces cost time, much larger ones memory. */
const CHUNK_BYTES = 256 * 1024;

/** The text of a small file. */
export async function readText({ file }: FileRecord): Promise<string> {
  return (await open(file)).text();
}

/**
 * A file that `tools/build-assets.ts` has cut into parts, as one stream.
 * @param onChunk - Called for each piece that arrives.
 */
export async function streamParts(record: FileRecord, onChunk: () => void): Promise<FileStream> {
  const first = await open(`${record.file}.0`);
  const hash = new crypto.DigestStream("SHA-256");
  const hashWriter = hash.getWriter();
  return {
    chunks: (async function* () {
      for await (const chunk of readParts(record, first)) {
        onChunk();
        await hashWriter.write(chunk);
        yield chunk;
      }
    })(),
    async sha256() {
      await hashWriter.close();
      return hash.digest;
    },
  };
}

async function* readParts(
  { file, bytes }: FileRecord,
  first: Response,
): AsyncGenerator<Uint8Array> {
  let read = 0;
  for (let part = 0; read < bytes; part++) {
    const { body } = part === 0 ? first : await open(`${file}.${part}`);
    for await (const chunk of readBody(body!)) {
      read += chunk.length;
      yield chunk;
    }
  }
}

/** Reads into one buffer again and again: a reader without a buffer gets 4 KB at a time, which takes six times as long. */
async function* readBody(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader({ mode: "byob" });
  let buffer = new Uint8Array(CHUNK_BYTES);
  for (;;) {
    const { done, value } = await reader.readAtLeast(CHUNK_BYTES, buffer);
    if (value !== undefined && value.length > 0) yield value;
    if (done || value === undefined) return;
    buffer = new Uint8Array(value.buffer);
  }
}

/** @throws Error if the asset cannot be read; the next request tries again. */
async function open(file: string): Promise<Response> {
  // Of the address only the path counts.
  const response = await env.ASSETS.fetch(`https://assets.local/${file}`);
  if (!response.ok) throw new Error(`asset ${file}: status ${response.status}`);
  return response;
}
