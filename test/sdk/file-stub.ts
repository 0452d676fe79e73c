/** A service that keeps files and answers with bytes, as the `fetch` of a client; connections can be made to break. */
import { RerankClient, type ClientOptions } from "../../sdk/index.ts";

export interface Received {
  method: string;
  /** With its query. */
  path: string;
  headers: Headers;
  /** Empty if there was none. */
  bytes: Uint8Array;
}

/** What a request comes to in place of the service's own answer; undefined leaves it to the service. */
export type Fault = (request: Received, count: number) => Response | Promise<Response> | undefined;

const PART_BYTES = 16 * 1024 * 1024;

/** Keeps what is uploaded. `fault` is given the number of requests of the same method and path until now, this one, too. */
export function fileService(fault: Fault = () => undefined, options: ClientOptions = {}) {
  const requests: Received[] = [];
  const files = new Map<string, Uint8Array>();
  const uploads = new Map<string, Map<number, Uint8Array>>();
  let underWay = 0;
  let mostUnderWay = 0;

  const describe = (name: string, etag = '"e"', bytes = files.get(name)!.length) => ({
    name,
    bytes,
    etag,
    uploadedAt: "2026-05-04T00:00:00.000Z",
    uri: `files/${name}`,
  });
  const etagOf = (partNumber: number, bytes: Uint8Array): string =>
    `${partNumber}-${bytes.length}-${bytes[0]}`;

  function answer({ method, path, bytes }: Received): Response {
    const url = new URL(path, "https://rerank.test");
    const name = decodeURIComponent(url.pathname.slice("/files/".length));
    const uploadId = url.searchParams.get("uploadId");
    if (method === "POST" && url.searchParams.has("uploads")) {
      const id = `upload ${uploads.size + 1}`;
      uploads.set(id, new Map());
      return Response.json({ uploadId: id, partBytes: PART_BYTES }, { status: 201 });
    }
    if (uploadId !== null) {
      const parts = uploads.get(uploadId);
      if (!parts) return problem(404, "unknown_upload");
      if (method === "DELETE")
        return (uploads.delete(uploadId), new Response(null, { status: 204 }));
      if (method === "PUT") {
        const partNumber = Number(url.searchParams.get("partNumber"));
        parts.set(partNumber, bytes);
        return Response.json({ partNumber, etag: etagOf(partNumber, bytes) });
      }
      const body = JSON.parse(new TextDecoder().decode(bytes)) as {
        parts: { partNumber: number; etag: string }[];
      };
      const wrong = body.parts.some(
        ({ partNumber, etag }, index) =>
          partNumber !== index + 1 || etag !== etagOf(partNumber, parts.get(partNumber)!),
      );
      if (wrong) return problem(400, "invalid_upload");
      uploads.delete(uploadId);
      files.set(name, Buffer.concat(body.parts.map(({ partNumber }) => parts.get(partNumber)!)));
      return Response.json(describe(name, `x-${body.parts.length}`), { status: 201 });
    }
    if (method === "PUT") return (files.set(name, bytes), Response.json(describe(name)));
    if (!files.has(name)) return problem(404, "unknown_file");
    if (method === "GET")
      return Response.json(describe(name, `x-${Math.ceil(files.get(name)!.length / PART_BYTES)}`));
    return (files.delete(name), new Response(null, { status: 204 }));
  }

  const fetch = async (url: string, init: RequestInit): Promise<Response> => {
    const { method = "GET", headers, body, signal } = init;
    const { pathname, search } = new URL(url);
    mostUnderWay = Math.max(mostUnderWay, ++underWay);
    try {
      const bytes = new Uint8Array(await new Response(body).arrayBuffer());
      const request = { method, path: pathname + search, headers: new Headers(headers), bytes };
      requests.push(request);
      const count = requests.filter((one) => one.method === method && one.path === request.path);
      const faulty = await fault(request, count.length);
      signal?.throwIfAborted();
      return faulty ?? answer(request);
    } finally {
      underWay--;
    }
  };
  const client = new RerankClient({
    baseURL: "https://rerank.test",
    logLevel: "off",
    fetch,
    ...options,
  });
  return { client, requests, files, uploads, mostUnderWay: () => mostUnderWay };
}

/** An error of the service. */
export function problem(status: number, code: string, headers: Record<string, string> = {}) {
  return Response.json({ code, message: `It is ${code}.` }, { status, headers });
}
