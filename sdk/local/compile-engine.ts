import { ENGINE_BASE64 } from "../../engine/build/engine-base64.ts";

/** Compiles the engine that this package carries. Rejects where a host forbids that, as Workers do and pages whose policy lacks `wasm-unsafe-eval`. */
export async function compileEngine(): Promise<WebAssembly.Module> {
  const bytes = Uint8Array.from(atob(ENGINE_BASE64), (character) => character.charCodeAt(0));
  const { compile } = WebAssembly as unknown as {
    compile(bytes: Uint8Array): Promise<WebAssembly.Module>;
  };
  return compile(bytes);
}
