import { formatOfFile, type Format } from "./documents.ts";
import { byId } from "./dom.ts";

/** More than the service takes in a request. */
const MAX_FILE_BYTES = 6 * 1024 * 1024;

/** A file's text, or why it cannot be read. */
export type DroppedFile =
  | { ok: true; text: string; format: Format | undefined }
  | { ok: false; message: string };

/** Lets files be dropped on the documents or chosen with the button; of several the first counts. */
export function acceptFiles(onFile: (file: DroppedFile) => void): void {
  const drop = byId("drop", HTMLElement);
  const input = byId("file", HTMLInputElement);
  const take = async (file: File | undefined): Promise<void> => {
    if (file) onFile(await read(file));
  };
  byId("choose", HTMLButtonElement).addEventListener("click", () => input.click());
  input.addEventListener("change", async () => {
    await take(input.files?.[0]);
    // So that the same file can be chosen again.
    input.value = "";
  });
  drop.addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    drop.classList.add("over");
  });
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", async (event) => {
    drop.classList.remove("over");
    const file = event.dataTransfer?.files[0];
    if (!file) return;
    event.preventDefault();
    await take(file);
  });
}

async function read(file: File): Promise<DroppedFile> {
  if (file.size > MAX_FILE_BYTES) {
    const message = `${file.name} has ${(file.size / 1024 / 1024).toFixed(1)} MiB; the service takes 6 MiB.`;
    return { ok: false, message };
  }
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer());
    return { ok: true, text, format: formatOfFile(file.name) };
  } catch {
    return { ok: false, message: `${file.name} is not a text file in UTF-8.` };
  }
}
