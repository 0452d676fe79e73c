/** What a caller sees when the backend misbehaves. Most of it is waiting, so that many services run side by side. */
import { describe, vi } from "vitest";
import { faultCallers } from "./fault-callers.contract.ts";
import { faultCircuit, refusalTimes } from "./fault-circuit.contract.ts";
import { faultDeadlines } from "./fault-deadlines.contract.ts";
import { faultKinds } from "./fault-kinds.contract.ts";
import { faultProtocols } from "./fault-protocols.contract.ts";
import { useFaultyBackends } from "./fault-service.ts";
import { routingContract } from "./routing.contract.ts";

vi.setConfig({ maxConcurrency: 8 });

const withBackend = useFaultyBackends();

describe.concurrent("with a backend that misbehaves", () => {
  describe("circuit", () => faultCircuit(withBackend));
  describe("routing", () => routingContract(withBackend));
  describe("callers", () => faultCallers(withBackend));
  describe("deadlines", () => faultDeadlines(withBackend));
  describe("protocols", () => faultProtocols(withBackend));
  describe("a fault", () => faultKinds(withBackend));
});
describe("alone", () => refusalTimes(withBackend));
