/** What is wrong with a packed model, as a stable code to branch on; the message is for people. */
export type ModelErrorCode =
  /** model.json is no JSON object of the packed format, or a field of it is missing or out of range. */
  | "manifest_invalid"
  /** weights.safetensors is damaged, cut or foreign. */
  | "weights_corrupt"
  /** weights.safetensors is sound but holds other tensors, sizes or a hash than model.json says. */
  | "weights_mismatch"
  /** tokenizer.json is damaged or not the one model.json names. */
  | "tokenizer_corrupt"
  /** The model is well-formed, but of a kind, version or size that this engine does not run. */
  | "unsupported_model";

/** The way out of every damaged packed model: make it again. */
export const REPACK_REMEDY =
  "Make the packed model again with `npm run tools -- pack CHECKPOINT_DIR OUT_DIR`, or fetch it with `npm run tools -- pull NAME`.";

/**
 * A model that cannot be loaded. Nothing was loaded when this is thrown, and trying again without changing the files cannot help.
 * `message` is `problem` followed by the command that mends it.
 */
export class ModelError extends Error {
  readonly code: ModelErrorCode;
  /** What is wrong, naming file, field or tensor: a sentence without its full stop. */
  readonly problem: string;

  constructor(code: ModelErrorCode, problem: string, remedy: string = REPACK_REMEDY) {
    super(`${problem}. ${remedy}`);
    this.name = "ModelError";
    this.code = code;
    this.problem = problem;
  }
}
