/** The durable steps of one instance of a job's workflow. */
import { NonRetryableError } from "cloudflare:workflows";
import type { WorkflowStep } from "cloudflare:workers";
import { writeLog } from "../observe/log.ts";
import { readBeat, writeBeat } from "./beats.ts";
import { letOthersIn } from "./let-others-in.ts";
import type { JobBindings, JobRun } from "./job-bindings.ts";
import { ShardError } from "./shard-error.ts";

/**
 * Steps of an instance at most; then the next one goes on. Workflows allow 1,024 on the Free plan, and a running instance's state grows with each.
 */
export const MAX_STEPS = 500;

export interface StepLimits {
  maxRetries: number;
  timeoutSeconds: number;
}

export class Steps {
  readonly #run: JobRun;
  readonly #env: JobBindings;
  readonly #step: WorkflowStep;
  readonly #beatMs: number;
  #count = 0;
  #lastBeatMs = 0;
  #isSuperseded = false;

  /** @param beatMs - Milliseconds between two signs of life. */
  constructor(run: JobRun, env: JobBindings, step: WorkflowStep, beatMs: number) {
    this.#run = run;
    this.#env = env;
    this.#step = step;
    this.#beatMs = beatMs;
  }

  /** Whether the next instance had better go on. */
  get areSpent(): boolean {
    return this.#count >= MAX_STEPS;
  }

  /** Whether another instance works on the lane, so that this one has nothing more to do. */
  get isSuperseded(): boolean {
    return this.#isSuperseded;
  }

  /**
   * Runs a step that must give the same however often it runs, and gives signs of life meanwhile.
   *
   * @param work - Its result is kept by Workflows: JSON of less than 1 MiB.
   * @throws What it threw at last, after its retries
   */
  do<T>(
    name: string,
    { maxRetries, timeoutSeconds }: StepLimits,
    work: () => Promise<T>,
  ): Promise<T> {
    this.#count++;
    const config = {
      retries: { limit: maxRetries, delay: "5 seconds", backoff: "linear" },
      timeout: timeoutSeconds * 1_000,
    } as const;
    // Rpc.Serializable knows no generic type; what is given back here is JSON.
    return this.#step.do(name, config, () => this.#alive(name, work) as Promise<never>);
  }

  async #alive<T>(name: string, work: () => Promise<T>): Promise<T> {
    await letOthersIn();
    await this.#beat();
    const timer = setInterval(() => {
      // What it finds, the next step learns; a beat that cannot be written is missed.
      this.#beat().catch(() => undefined);
    }, this.#beatMs);
    try {
      return await work();
    } catch (error) {
      this.#tellFailure(name, error);
      throw error;
    } finally {
      clearInterval(timer);
    }
  }

  /** Of messages, a shard's alone hold no text of a user for certain. */
  #tellFailure(step: string, error: unknown): void {
    const { name: job, lane } = this.#run;
    writeLog({
      level: "warn",
      event: "step",
      job,
      lane,
      step,
      error: error instanceof Error ? error.name : "unknown",
      ...(error instanceof ShardError && { problem: error.message }),
    });
  }

  async #beat(): Promise<void> {
    if (Date.now() - this.#lastBeatMs < this.#beatMs / 2) return;
    this.#lastBeatMs = Date.now();
    const beat = await readBeat(this.#env.JOB_BUCKET, this.#run, this.#run.lane);
    if (beat !== null && beat.turn > this.#run.turn) {
      this.#isSuperseded = true;
      throw new NonRetryableError("another instance has taken over");
    }
    await writeBeat(this.#env.JOB_BUCKET, this.#run);
  }
}
