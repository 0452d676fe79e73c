/** Stands in for Analytics Engine, whose data points cannot be read on this machine: keeps them, and answers all of them. */
import { WorkerEntrypoint } from "cloudflare:workers";

const points: object[] = [];

export default class FakeAnalytics extends WorkerEntrypoint {
  override fetch(): Response {
    return Response.json(points);
  }

  writeDataPoint(point: object): void {
    points.push(point);
  }
}
