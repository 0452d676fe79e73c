/**
 * Every kind of line that the service logs. None has a field for a text, a query, a key, an address, a name of a file or anything else
 * that a caller sent, but for its request's id; docs/operations.md lists the fields.
 */
import type { JobStatus } from "../jobs/job-record.ts";
import type { RequestEnd } from "./request-end.ts";

export type LogLevel = "info" | "warn" | "error";

export type LogLine =
  | RequestLine
  | ShardLine
  | StepLine
  | JobLine
  | ExceptionLine
  | ModelLine
  | ReadyLine
  | KeysLine
  | QuotasLine
  | SettingLine;

/** A request has ended. */
export interface RequestLine extends Omit<RequestEnd, "scoring"> {
  level: LogLevel;
  event: "request";
}

/** A shard of a job has been scored, or given up. */
export interface ShardLine {
  level: LogLevel;
  event: "shard";
  job: string;
  traceId?: string;
  /** Among those of the job. */
  shard: number;
  model?: string;
  servedBy?: "edge" | "backend";
  /** Rows that were scored, and that were not. */
  rows: number;
  failed: number;
  tokens: number;
  totalMs?: number;
}

/** A step of a job has failed; Workflows try it again, or the job gives it up. */
export interface StepLine {
  level: LogLevel;
  event: "step";
  job: string;
  lane: number;
  step: string;
  /** Its class. */
  error: string;
  /** Of an error that holds no text of a user: its message. */
  problem?: string;
}

/** A job has ended. */
export interface JobLine {
  level: LogLevel;
  event: "job";
  job: string;
  traceId?: string;
  model: string;
  status: JobStatus;
  code?: string;
  rows: number;
  failed: number;
  tokens: number;
  /** From when it was submitted. */
  totalMs: number;
}

/** Something that nobody expected. Its message may quote a text, so that only its class and its stack are there. */
export interface ExceptionLine {
  level: LogLevel;
  event: "exception";
  requestId: string;
  error: string;
  stack?: string[];
}

/** A model cannot be loaded. */
export interface ModelLine {
  level: LogLevel;
  event: "model";
  model: string;
  problem: string;
}

/** The self-check of GET /ready found that the model, or what it computes, is not right. */
export interface ReadyLine {
  level: LogLevel;
  event: "ready";
  check: "model" | "logits";
  problem: string;
}

/** Something is wrong with the keys of callers: their store, a record of it, or that none are asked for. */
export interface KeysLine {
  level: LogLevel;
  event: "keys";
  problem: string;
}

/** What a key has used cannot be asked for, or not be written down. */
export interface QuotasLine {
  level: LogLevel;
  event: "quotas";
  problem: string;
}

/** A setting is wrong. */
export interface SettingLine {
  level: LogLevel;
  event: "setting";
  problem: string;
}
