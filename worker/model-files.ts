/** The files of a packed model, wherever they are: static assets of the Worker, which only the Worker can read, or a bucket of R2. */
import { env } from "cloudflare:workers";
import type { FileStream } from "../engine/index.ts";
import type { FileRecord } from "../engine/manifest.ts";

/** Read at a time: much smaller pieces cost time, much larger ones memory. */
const CHUNK_BYTES = 256 * 1024;

/** Reads a model's files. Whether they are those that its manifest names is for the engine to check. */
export interface ModelFiles {
  /**
   * The text of a small file.
   * @throws ModelFileError if it cannot be read; a later request may try again
   */
  readText(file: string): Promise<string>;
  /**
   * A large file as one stream.
   * @param onChunk - Called for each piece that arrives.
   * @throws ModelFileError if it cannot be read, now or midway
   */
  stream(record: FileRecord, onChunk: () => void): Promise<FileStream>;
}

/** A file of a model that is not there, or that could not be read. */
export class ModelFileError extends Error {
  override readonly name = "ModelFileError";
}

/** Files that `tools/build-assets.ts` has put into a folder of `build`: deployed and versioned with the Worker, the weights in parts. */
export function assetFiles(folder: string): ModelFiles {
  const open = async (file: string): Promise<ReadableStream<Uint8Array>> => {
    // Of the address only the path counts.
    const response = await env.ASSETS.fetch(`https://assets.local/${folder}/${file}`);
    if (!response.ok || response.body === null)
      throw new ModelFileError(`asset ${folder}/${file}: status ${response.status}`);
    return response.body;
  };
  return {
    readText: async (file) => new Response(await open(file)).text(),
    stream: async ({ file, bytes }, onChunk) => {
      const first = await open(`${file}.0`);
      const parts = async function* (): AsyncGenerator<Uint8Array> {
        let read = 0;
        for (let part = 0; read < bytes; part++) {
          const body = part === 0 ? first : await open(`${file}.${part}`);
          for await (const chunk of readBody(body)) {
            read += chunk.length;
            yield chunk;
          }
        }
      };
      return hashed(parts(), onChunk);
    },
  };
}

/** Files under a prefix of a bucket, whole. @param prefix - Such as `models/mine/`. */
export function bucketFiles(bucket: R2Bucket, prefix: string): ModelFiles {
  const open = async (file: string): Promise<R2ObjectBody> => {
    const key = prefix + file;
    const object = await bucket.get(key).catch((cause: unknown) => {
      throw new ModelFileError(`${key} of the bucket cannot be read`, { cause });
    });
    if (object === null) throw new ModelFileError(`the bucket has no ${key}`);
    return object;
  };
  return {
    readText: async (file) => (await open(file)).text(),
    stream: async ({ file }, onChunk) => hashed(readBody((await open(file)).body), onChunk),
  };
}

/** A stream's chunks with their hash, which is made on the way. */
function hashed(chunks: AsyncIterable<Uint8Array>, onChunk: () => void): FileStream {
  const hash = new crypto.DigestStream("SHA-256");
  const hashWriter = hash.getWriter();
  return {
    chunks: (async function* () {
      for await (const chunk of chunks) {
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

/** Reads into one buffer again and again: a reader without a buffer gets 4 KB at a time, which takes six times as long. */
async function* readBody(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader({ mode: "byob" });
  let buffer = new Uint8Array(CHUNK_BYTES);
  for (;;) {
    const { done, value } = await reader
      .readAtLeast(CHUNK_BYTES, buffer)
      .catch((cause: unknown) => {
        throw new ModelFileError("a file of the model broke off", { cause });
      });
    if (value !== undefined && value.length > 0) yield value;
    if (done || value === undefined) return;
    buffer = new Uint8Array(value.buffer);
  }
}
