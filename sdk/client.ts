import {
  apiPromise,
  identified,
  type ApiPromise,
  type Identified,
  type WithResponse,
} from "./api-promise.ts";
import { azureMlRows, type AzureMlRequest, type AzureMlRows } from "./azure-ml.ts";
import { Files } from "./files.ts";
import { Jobs } from "./jobs.ts";
import type { ClientOptions, RequestOptions } from "./options.ts";
import {
  rerankMany,
  type RerankManyCall,
  type RerankManyOptions,
  type RerankManyResponse,
  type RerankPart,
} from "./rerank-many.ts";
import {
  rerankQueries,
  unrankedQueries,
  type RerankQueriesParams,
  type RerankQueriesResponse,
  type UnrankedQueriesResponse,
} from "./rerank-queries.ts";
import {
  opening,
  rerankDocuments,
  unranked,
  withoutCall,
  type RerankParams,
  type RerankResponse,
  type UnrankedResponse,
} from "./rerank.ts";
import { Transport } from "./transport.ts";
import type { ModelList, ServiceInfo } from "./wire.ts";

/** Parameters that leave no other answer than a ranking. */
type FailClosed = { failOpen?: false | undefined };

/** A call of `score()`. */
export interface ScoreOptions extends RequestOptions {
  /** Pins a deployment, as `azureml-model-deployment`. Default: the traffic split of the endpoint decides. */
  deployment?: string | undefined;
}

/**
 * A client of one rerank service. It keeps no state between calls and may be shared by all of a program.
 *
 * @example
 * ```ts
 * const client = new RerankClient({ baseURL: "https://rerank.example.com" });
 * const { results } = await client.rerank({ query: "red planet", documents: ["Venus", "Mars"] });
 * ```
 */
export class RerankClient {
  readonly #transport: Transport;
  /** Batch scoring. */
  readonly jobs: Jobs;
  /** What jobs read. */
  readonly files: Files;

  /**
   * @example
   * ```ts
   * // RERANK_BASE_URL and RERANK_API_KEY are in the environment.
   * const client = new RerankClient({ timeout: 5_000, totalTimeout: 8_000 });
   * ```
   * @throws InvalidRequestError without an address
   */
  constructor(options: ClientOptions = {}) {
    this.#transport = new Transport(options);
    this.jobs = new Jobs(this.#transport);
    this.files = new Files(this.#transport);
  }

  /**
   * Ranks documents of any type for a query, or for several, and gives them back by descending score; of equal scores the earlier document
   * comes first.
   *
   * @example
   * ```ts
   * const { results } = await client.rerank({ query: "red planet", documents: hits, text: (hit) => hit.body, topN: 5 });
   * results[0]?.document; // the same object as in hits
   *
   * const { rankings } = await client.rerank({ queries: ["red planet", "ringed planet"], documents: ["Mars", "Saturn"] });
   *
   * const answer = await client.rerank({ query: "red planet", documents: hits, text: (hit) => hit.body, failOpen: true });
   * if (!answer.reranked) console.warn("not reranked:", answer.error.message);
   * ```
   */
  rerank<Document>(
    params: RerankQueriesParams<Document> & FailClosed,
    options?: RequestOptions,
  ): ApiPromise<RerankQueriesResponse<Document>>;
  rerank<Document>(
    params: RerankQueriesParams<Document>,
    options?: RequestOptions,
  ): ApiPromise<RerankQueriesResponse<Document> | UnrankedQueriesResponse<Document>>;
  rerank<Document>(
    params: RerankParams<Document> & FailClosed,
    options?: RequestOptions,
  ): ApiPromise<RerankResponse<Document>>;
  // Last, as the compiler's errors are about the last one.
  rerank<Document>(
    params: RerankParams<Document>,
    options?: RequestOptions,
  ): ApiPromise<RerankResponse<Document> | UnrankedResponse<Document>>;
  rerank<Document>(
    params: RerankParams<Document> | RerankQueriesParams<Document>,
    options: RequestOptions = {},
  ): ApiPromise<unknown> {
    const ranked: Promise<WithResponse<unknown>> =
      "queries" in params
        ? rerankQueries(this.#transport, params, options)
        : rerankDocuments(this.#transport, params, options);
    if (!params.failOpen) return apiPromise(ranked);
    return apiPromise(
      ranked.catch((failure: unknown) => {
        const error = opening(failure);
        const data =
          "queries" in params
            ? unrankedQueries(params, error)
            : unranked(params.documents, params.topN, error);
        return withoutCall<unknown>(data, error);
      }),
    );
  }

  /**
   * Ranks any number of documents for a query: split into requests, a few at a time, merged as if it had been one. Scores do not depend on
   * how documents are split, and parts of edge and backend are never mixed: one that was ranked elsewhere than the first is ranked again there.
   *
   * The first request that fails for good ends the others.
   *
   * @example
   * ```ts
   * const { results } = await client.rerankMany(
   *   { query: "red planet", documents: corpus, topN: 10 },
   *   { concurrency: 2, onProgress: ({ done, total }) => console.log(`${done} of ${total}`) },
   * );
   * ```
   */
  rerankMany<Document>(
    params: RerankParams<Document> & FailClosed,
    options?: RerankManyOptions,
  ): RerankManyCall<RerankManyResponse<Document>, RerankPart<Document>>;
  rerankMany<Document>(
    params: RerankParams<Document>,
    options?: RerankManyOptions,
  ): RerankManyCall<
    RerankManyResponse<Document> | UnrankedResponse<Document>,
    RerankPart<Document> | UnrankedResponse<Document>
  >;
  rerankMany<Document>(
    params: RerankParams<Document>,
    options: RerankManyOptions = {},
  ): RerankManyCall<unknown, unknown> {
    return rerankMany(this.#transport, params, options);
  }

  /**
   * Labels and scores rows as an Azure ML online endpoint does; the type of the rows follows the request's generation and parameters, as
   * this service answers them. An Azure endpoint answers in the form of its model, whatever was sent: {@link isAzureMlLabelRow} tells.
   * The list has the service's `requestId`.
   *
   * @example
   * ```ts
   * const client = new RerankClient({
   *   baseURL: "https://my-endpoint.westeurope.inference.ml.azure.com/score",
   *   apiKey: process.env.AZUREML_KEY,
   * });
   * const pairs = [{ text: "red planet", text_pair: "Mars is rusty." }];
   * const rows = await client.score({ input_data: pairs }, { deployment: "blue" });
   * rows[0]?.score;
   * ```
   */
  score<const Request extends AzureMlRequest>(
    request: Request,
    options: ScoreOptions = {},
  ): ApiPromise<Identified<AzureMlRows<Request>>> {
    const { deployment, ...rest } = options;
    const headers = { "azureml-model-deployment": deployment, ...rest.headers };
    const call = { method: "POST", path: "/score", body: request, read: azureMlRows } as const;
    return identified(this.#transport.send(call, { ...rest, headers }));
  }

  /** What is particular to Azure ML endpoints. */
  readonly azure = {
    /**
     * What `/score` takes and answers, in a version of Swagger or OpenAPI. Default "2".
     *
     * @example
     * ```ts
     * const description = await client.azure.swagger("3.1");
     * console.log(description["paths"]);
     * ```
     */
    swagger: (
      version?: "2" | "3" | "3.1",
      options?: RequestOptions,
    ): ApiPromise<Identified<Record<string, unknown>>> => {
      const path = version === undefined ? "/swagger.json" : `/swagger.json?version=${version}`;
      return identified(
        this.#transport.send<Record<string, unknown>>({ method: "GET", path }, options),
      );
    },
  };

  /**
   * Models and limits of the service, and where requests are computed.
   *
   * @example
   * ```ts
   * const { limits } = await client.info();
   * console.log(limits.maxDocuments);
   * ```
   */
  info(options?: RequestOptions): ApiPromise<Identified<ServiceInfo>> {
    return identified(this.#transport.send<ServiceInfo>({ method: "GET", path: "/info" }, options));
  }

  /**
   * The models that a request may name.
   *
   * @example
   * ```ts
   * const { data } = await client.models();
   * console.log(data.map(({ id }) => id));
   * ```
   */
  models(options?: RequestOptions): ApiPromise<Identified<ModelList>> {
    return identified(
      this.#transport.send<ModelList>({ method: "GET", path: "/v1/models" }, options),
    );
  }
}
