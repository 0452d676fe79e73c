/** What V8 holds for the Worker alone: the process has the local R2 and Workflows in it, too. */

/** MB of 10^6 bytes. */
export interface IsolateMemory {
  /** Objects that have not been collected. */
  usedMb: number;
  /** The heap as V8 has it from the system, and array buffers outside of it, WebAssembly's memory not among them. */
  heldMb: number;
}

export interface Inspector {
  memory(): Promise<IsolateMemory>;
  close(): void;
}

interface HeapUsage {
  usedSize: number;
  totalSize: number;
  backingStorageSize?: number;
}

/** Undici's WebSocket, which Node's is, takes headers; its type here does not say so. */
const ClientSocket = WebSocket as unknown as new (
  url: string,
  options: { headers: Record<string, string> },
) => WebSocket;

/** @param port - Of wrangler's inspector, which serves one client at a time. */
export async function openInspector(port: number): Promise<Inspector> {
  const headers = { origin: "http://localhost" };
  const socket = new ClientSocket(`ws://127.0.0.1:${port}/ws`, { headers });
  const waiting = new Map<number, (usage: HeapUsage) => void>();
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve);
    socket.addEventListener("error", () => reject(new Error("the inspector refuses")));
  });
  socket.addEventListener("message", ({ data }) => {
    const { id, result } = JSON.parse(String(data)) as { id: number; result: HeapUsage };
    waiting.get(id)?.(result);
    waiting.delete(id);
  });
  let last = 0;
  return {
    async memory() {
      const id = ++last;
      const answer = new Promise<HeapUsage>((resolve) => waiting.set(id, resolve));
      socket.send(JSON.stringify({ id, method: "Runtime.getHeapUsage", params: {} }));
      const { usedSize, totalSize, backingStorageSize = 0 } = await answer;
      return { usedMb: usedSize / 1e6, heldMb: (totalSize + backingStorageSize) / 1e6 };
    },
    close: () => socket.close(),
  };
}
