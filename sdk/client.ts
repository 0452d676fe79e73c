import { apiPromise, type ApiPromise, type WithResponse } from "./api-promise.ts";
import type { AzureMlRequest, AzureMlRows } from "./azure-ml.ts";
import { isRerankError } from "./errors.ts";
import type { ClientOptions, RequestOptions } from "./options.ts";
import {
  rerankDocuments,
  unranked,
  type RerankParams,
  type RerankResponse,
  type UnrankedResponse,
} from "./rerank.ts";
import { Transport } from "./transport.ts";
import type { ModelList, ServiceInfo } from "./wire.ts";

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

  /** @throws InvalidRequestError without an address */
  constructor(options: ClientOptions = {}) {
    this.#transport = new Transport(options);
  }

  /** Ranks documents of any type for a query, and gives them back by descending score. */
  rerank<Document>(
    params: RerankParams<Document> & { failOpen?: false | undefined },
    options?: RequestOptions,
  ): ApiPromise<RerankResponse<Document>>;
  rerank<Document>(
    params: RerankParams<Document>,
    options?: RequestOptions,
  ): ApiPromise<RerankResponse<Document> | UnrankedResponse<Document>>;
  rerank<Document>(
    params: RerankParams<Document>,
    options: RequestOptions = {},
  ): ApiPromise<RerankResponse<Document> | UnrankedResponse<Document>> {
    type Answer = RerankResponse<Document> | UnrankedResponse<Document>;
    const ranked = rerankDocuments(this.#transport, params, options);
    if (!params.failOpen) return apiPromise(ranked);
    return apiPromise<Answer>(
      ranked.catch((error: unknown): WithResponse<Answer> => {
        if (!isRerankError(error) || !error.retryable) throw error;
        const data = unranked(params.documents, params.topN, error);
        const { requestId, status = 503 } = error;
        return { data, response: new Response(null, { status }), requestId };
      }),
    );
  }

  /**
   * Labels and scores rows as an Azure ML online endpoint does; the answer's type follows the request's generation.
   * @param options - `deployment` pins one with `azureml-model-deployment`.
   */
  score<const Request extends AzureMlRequest>(
    request: Request,
    options: RequestOptions & { deployment?: string | undefined } = {},
  ): ApiPromise<AzureMlRows<Request>> {
    const { deployment, ...rest } = options;
    const headers = { "azureml-model-deployment": deployment, ...rest.headers };
    const call = { method: "POST", path: "/score", body: request } as const;
    return apiPromise(this.#transport.send(call, { ...rest, headers }));
  }

  /** What is particular to Azure ML endpoints. */
  readonly azure = {
    /** What `/score` takes and answers, in a version of Swagger or OpenAPI. Default "2". */
    swagger: (version?: "2" | "3" | "3.1", options?: RequestOptions): ApiPromise<object> => {
      const path = version === undefined ? "/swagger.json" : `/swagger.json?version=${version}`;
      return apiPromise(this.#transport.send({ method: "GET", path }, options));
    },
  };

  /** Models and limits of the service, and where requests are computed. */
  info(options?: RequestOptions): ApiPromise<ServiceInfo> {
    return apiPromise(this.#transport.send({ method: "GET", path: "/info" }, options));
  }

  /** The models that a request may name. */
  models(options?: RequestOptions): ApiPromise<ModelList> {
    return apiPromise(this.#transport.send({ method: "GET", path: "/v1/models" }, options));
  }
}
