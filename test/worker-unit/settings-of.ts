import { readSettings, type Settings } from "../../worker/settings.ts";

const BUNDLED = ["x/default", "x/second"];
export const KEY = "s3cret-key";
export const GPU = { BACKEND_URL: "https://gpu.example", BACKEND_PROTOCOL: "tei" };
export const GPU_WITH_KEY = { ...GPU, BACKEND_API_KEY: KEY };
export const LOCAL = { BACKEND_URL: "http://127.0.0.1:9001", BACKEND_PROTOCOL: "tei" };
export const ENTRA = {
  ...GPU,
  BACKEND_AUTH: "entra",
  BACKEND_TENANT_ID: "t",
  BACKEND_CLIENT_ID: "c",
  BACKEND_CLIENT_SECRET: KEY,
};

export type Environment = Readonly<Record<string, unknown>>;

export function valid(env: Environment): Settings {
  const read = readSettings(env, BUNDLED);
  if (!read.ok) throw new Error(read.problems.join("; "));
  return read.value;
}

export function problems(env: Environment): string[] {
  const read = readSettings(env, BUNDLED);
  return read.ok ? [] : read.problems;
}

export function backend(env: Environment, model = "x/default") {
  const settings = valid(env).backends.get(model);
  if (!settings) throw new Error(`${model} has no backend`);
  return settings;
}
