import { LocalRerankClient } from "@x/rerank-sdk/local";

const form = document.querySelector("form");
const progress = document.querySelector("progress");
const list = document.querySelector("ol");
const problem = document.querySelector("[role=alert]");

const client = new LocalRerankClient({
  model: "/model/",
  onProgress({ loadedBytes, totalBytes }) {
    progress.hidden = loadedBytes === totalBytes;
    progress.value = loadedBytes / totalBytes;
  },
});

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const fields = new FormData(form);
  const documents = fields.get("documents").split("\n").filter(Boolean);
  try {
    const { results } = await client.rerank({ query: fields.get("query"), documents });
    list.replaceChildren(
      ...results.map(({ document: text, score }) => {
        const item = document.createElement("li");
        item.textContent = `${score.toFixed(3)} ${text}`;
        return item;
      }),
    );
    problem.textContent = "";
  } catch (error) {
    problem.textContent = error.message;
  }
});
