import { LIMITS } from "../limits.ts";
import { azureMlUpstreams } from "../protocols/azure-ml.ts";
import type { BackendKind } from "./backend.ts";
import type { AzureGeneration } from "./backend-settings.ts";

/**
 * An online endpoint of Azure ML, managed or on Kubernetes, whose address, with `/score` at its end, is whole.
 *
 * It has no limit of rows; `backend/azure-ml/score.py` has the service's own. The tokens are what a machine that reads 4,000 a
 * second has done within `request_timeout_ms`, 5,000 unless the deployment says otherwise. An instance computes one request at a
 * time, and an endpoint lets twice as many wait as it has instances: with fewer than three, `BACKEND_CONCURRENCY` should be lower
 * than 6.
 * @see https://learn.microsoft.com/azure/machine-learning/reference-yaml-deployment-managed-online
 */
export function azureMl(generation: AzureGeneration): BackendKind {
  return {
    protocol: azureMlUpstreams[generation],
    maxDocuments: LIMITS.maxDocuments,
    maxTokens: 16_384,
    headers: ({ deployment }): Record<string, string> =>
      deployment === undefined ? {} : { "azureml-model-deployment": deployment },
    /** Every failure of the model arrives as 424, with the model's own status in a header. */
    unwrap(response) {
      const inner = response.headers.get("ms-azureml-model-error-statuscode");
      return response.status === 424 && inner !== null && /^[45]\d\d$/.test(inner)
        ? { ...response, status: Number(inner) }
        : response;
    },
  };
}
