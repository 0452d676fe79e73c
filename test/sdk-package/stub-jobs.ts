/** Files and batch jobs in miniature: a job reads one CSV of pairs without quotes, and has ended when it is asked for. */

/** What a job has made of a row: a score, or why there is none. */
type Row = { row: number; score: number } | { row: number; reason: string };

interface StubJob {
  name: string;
  file: string;
  rows: Row[];
}

/** @returns Undefined of a path that is neither a file's nor a job's */
export type JobAnswer = (
  method: string,
  path: string,
  body: string,
) => Promise<Response | undefined>;

/** @param scoreOf - Of a pair. */
export function stubJobs(
  scoreOf: (query: string, document: string) => number | Promise<number>,
): JobAnswer {
  const files = new Map<string, string>();
  const jobs = new Map<string, StubJob>();

  return async (method, path, body) => {
    const { pathname, searchParams } = new URL(path, "http://stub");
    const [, kind, ...rest] = decodeURIComponent(pathname).split("/");
    const name = rest.join("/");
    if (kind === "files" && name !== "") return fileAnswer(method, name, body);
    if (kind === "files") return Response.json({ value: [...files.keys()].map(describe) });
    if (kind !== "jobs") return undefined;
    if (method === "POST" && name === "") return submit(body);
    const job = jobs.get(rest[0]!);
    if (!job) return problem("unknown_job");
    if (rest[1] === "results") return new Response(resultOf(job, searchParams.get("format")));
    if (rest[1] === "events") return new Response(eventsOf(job));
    if (method === "DELETE") jobs.delete(job.name);
    return Response.json(envelopeOf(job, "Completed"));
  };

  function fileAnswer(method: string, name: string, body: string): Response {
    if (method === "PUT") files.set(name, body);
    if (!files.has(name)) return problem("unknown_file");
    const described = Response.json(describe(name));
    if (method === "DELETE") files.delete(name);
    return described;
  }

  function describe(name: string) {
    const uploadedAt = "2026-05-04T00:00:00.000Z";
    const bytes = new TextEncoder().encode(files.get(name)).length;
    return { name, bytes, etag: "stub", uploadedAt, uri: `files/${name}` };
  }

  async function submit(body: string): Promise<Response> {
    const { properties } = JSON.parse(body) as {
      properties: { InputData: Record<string, { Uri: string }> };
    };
    const file = Object.values(properties.InputData)[0]!.Uri.slice("files/".length);
    const [, ...lines] = files.get(file)?.trim().split("\n") ?? [];
    const rows = lines.map(async (line, row): Promise<Row> => {
      const [query, document] = line.split(",");
      return document === undefined
        ? { row, reason: "The row has 1 field and the header 2 fields." }
        : { row, score: await scoreOf(query!, document) };
    });
    const name = `stub-job-${jobs.size + 1}`;
    const job = { name, file: file.split("/").at(-1)!, rows: await Promise.all(rows) };
    jobs.set(name, job);
    return Response.json(envelopeOf(job, "Queued"), { status: 201 });
  }
}

const isScored = (row: Row): row is { row: number; score: number } => "score" in row;

function progressOf({ rows }: StubJob) {
  const scored = rows.filter(isScored).length;
  const failed = rows.length - scored;
  return { rows: rows.length, shards: 1, shardsDone: 1, scored, failed, tokens: scored * 12 };
}

function envelopeOf(job: StubJob, status: string) {
  const properties = { status, progress: progressOf(job) };
  return { id: `/jobs/${job.name}`, name: job.name, type: "batchjob", properties };
}

function eventsOf(job: StubJob): string {
  const progress = progressOf(job);
  const before = { ...progress, status: "Running", scored: 0, failed: 0, tokens: 0, shardsDone: 0 };
  const after = { ...progress, status: "Completed" };
  const end = envelopeOf(job, "Completed");
  return [
    ["progress", before],
    ["progress", after],
    ["end", end],
  ]
    .map(([name, data]) => `event: ${name as string}\ndata: ${JSON.stringify(data)}\n\n`)
    .join("");
}

function resultOf({ file, rows }: StubJob, format: string | null): string {
  const scored = rows.filter(isScored);
  switch (format) {
    case "scores":
      return `file,row,index,label,score\n${scored.map(({ row, score }) => `${file},${row},,LABEL_0,${score}\n`).join("")}`;
    case "jsonl":
      return scored
        .map((row) => `${JSON.stringify({ file, ...row, label: "LABEL_0" })}\n`)
        .join("");
    case "errors":
      return rows
        .flatMap((row) => (isScored(row) ? [] : [row]))
        .map((row) => `${JSON.stringify({ file, column: null, code: "wrong_fields", ...row })}\n`)
        .join("");
    default:
      return scored.map(({ row }) => `${row},LABEL_0,${file}\n`).join("");
  }
}

function problem(code: string): Response {
  return Response.json({ code, message: "You have none of this name." }, { status: 404 });
}
