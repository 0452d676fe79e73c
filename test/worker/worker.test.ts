import { describe } from "vitest";
import { azureMlContract } from "./azure-ml.contract.ts";
import { badInputContract } from "./bad-input.contract.ts";
import { concurrencyContract } from "./concurrency.contract.ts";
import { otherPagesContract } from "./other-pages.contract.ts";
import { observeContract } from "./observe.contract.ts";
import { openApiContract } from "./openapi.contract.ts";
import { rerankContract } from "./rerank.contract.ts";
import { routesContract } from "./routes.contract.ts";
import { securityHeadersContract } from "./security-headers.contract.ts";
import { serviceContract } from "./service.contract.ts";
import { useService } from "./service.ts";

const service = useService({
  MODEL_ALIASES: "rerank-v3.5, jina-reranker-v2-base-multilingual",
  CORS_ALLOWED_ORIGINS: "https://one.example, https://two.example",
});

describe("routes", () => routesContract(service));
describe("service and TEI", () => serviceContract(service));
describe("rerank", () => rerankContract(service));
describe("Azure ML", () => azureMlContract(service));
describe("bad input", () => badInputContract(service));
describe("concurrency", () => concurrencyContract(service));
describe("pages of other origins", () => otherPagesContract(service));
describe("security headers", () => securityHeadersContract(service));
describe("observability", () => observeContract(service));
describe("OpenAPI", () => openApiContract(service));
