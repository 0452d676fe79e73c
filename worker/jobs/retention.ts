/** Everything that has grown too old is deleted. R2 itself ends uploads in parts after seven days. */
import { ACTIVE_PREFIX } from "./job-keys.ts";

/** What one call looks at: some seconds' work, and few of the 1,000 calls that a Worker may make. 1,000 objects are R2's largest page. */
const REACH = { pages: 10, pageObjects: 1_000 };

/** Where the last call stopped: the key that it looked at last. */
const POSITION_KEY = "retention/position";

/** Which keys are deleted by age; whatever else is in the bucket is not of this service. */
const EXPIRING = /^([^/]+)\/(files|idempotency|jobs|results|work)\/([^/]+)/;

export interface Deletions {
  deleted: number;
  /** Whether the bucket goes on behind the last object that was looked at. The next call looks there. */
  more: boolean;
}

/**
 * Deletes files, records, results and work that were last written before a time, of all callers, a bounded number of objects a call.
 *
 * What belongs to a job that has not ended is kept, and all files of its caller are, since it may read them.
 *
 * @param reach - For tests
 */
export async function deleteExpired(
  bucket: R2Bucket,
  olderThan: Date,
  { pages, pageObjects } = REACH,
): Promise<Deletions> {
  const active = await activeJobs(bucket);
  const isExpired = ({ key, uploaded }: R2Object): boolean =>
    uploaded < olderThan && !isKept(key, active);
  const position = await bucket.get(POSITION_KEY);
  let startAfter = await position?.text();
  let deleted = 0;
  for (let page = 0; page < pages; page++) {
    const listed = await bucket.list({ limit: pageObjects, ...(startAfter && { startAfter }) });
    const keys = listed.objects.filter(isExpired).map(({ key }) => key);
    if (keys.length > 0) await bucket.delete(keys);
    deleted += keys.length;
    if (!listed.truncated) {
      if (position) await bucket.delete(POSITION_KEY);
      return { deleted, more: false };
    }
    startAfter = listed.objects.at(-1)!.key;
  }
  await bucket.put(POSITION_KEY, startAfter ?? "");
  return { deleted, more: true };
}

interface ActiveJobs {
  scopes: ReadonlySet<string>;
  /** As `SCOPE/NAME`. */
  jobs: ReadonlySet<string>;
}

async function activeJobs(bucket: R2Bucket): Promise<ActiveJobs> {
  const jobs = new Set<string>();
  let cursor: string | undefined;
  do {
    const page = await bucket.list({ prefix: ACTIVE_PREFIX, ...(cursor && { cursor }) });
    for (const { key } of page.objects) jobs.add(key.slice(ACTIVE_PREFIX.length));
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor !== undefined);
  return { jobs, scopes: new Set(Array.from(jobs, (job) => job.split("/", 1)[0]!)) };
}

function isKept(key: string, { scopes, jobs }: ActiveJobs): boolean {
  const [, scope, area, name] = EXPIRING.exec(key) ?? [];
  if (scope === undefined || key.startsWith(ACTIVE_PREFIX)) return true;
  return area === "files" || area === "idempotency"
    ? scopes.has(scope)
    : jobs.has(`${scope}/${name}`);
}
