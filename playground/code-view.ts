/** The request as code and the bodies on the wire, one tab each. */
import { apiKey, chosenProtocol } from "./form.ts";
import type { Call } from "./call.ts";
import { byId } from "./dom.ts";
import type { Question } from "./protocols.ts";
import { SNIPPETS } from "./snippets.ts";
import { showTabs } from "./tabs.ts";

/** What a tab shows. */
interface Content {
  caption: string;
  code: string;
}

const caption = byId("caption", HTMLElement);
const code = byId("code", HTMLElement);
const copy = byId("copy", HTMLButtonElement);

const TABS = [...SNIPPETS, { id: "request", name: "Request" }, { id: "answer", name: "Answer" }];

let selected = TABS[0]!.id;
let question: Question | undefined;
let lastCall: Call | undefined;

export function startCode(): void {
  showTabs(TABS, (id) => {
    selected = id;
    render();
  });
  copy.addEventListener("click", async () => {
    const copied = await navigator.clipboard.writeText(code.textContent).then(
      () => true,
      () => false,
    );
    copy.textContent = copied ? "Copied" : "Not allowed";
    setTimeout(() => (copy.textContent = "Copy"), 1500);
  });
}

/** @param asked - Undefined while the form holds no question; then the last one stays. */
export function showRequest(asked: Question | undefined): void {
  question = asked ?? question;
  render();
}

export function showCall(call: Call): void {
  lastCall = call;
  render();
}

function render(): void {
  const content = selected === "answer" ? answer() : request();
  caption.textContent = content.caption;
  code.textContent = content.code;
  copy.disabled = content.code === "";
}

function request(): Content {
  const protocol = chosenProtocol();
  if (!question) return { caption: "", code: "" };
  const body = protocol.request(question);
  const snippet = SNIPPETS.find(({ id }) => id === selected);
  const url = new URL(protocol.path, location.href).href;
  return {
    caption: `${protocol.name}: POST ${protocol.path}`,
    code:
      snippet?.code({ url, body, question, hasKey: apiKey() !== "" }) ??
      JSON.stringify(body, null, 2),
  };
}

function answer(): Content {
  if (!lastCall) return { caption: "No answer yet: press Rank.", code: "" };
  const { protocol, status, milliseconds, answer: body } = lastCall;
  if (body === undefined) return { caption: "The last request got no answer.", code: "" };
  return {
    caption: `${protocol.name}: status ${status} after ${Math.round(milliseconds)} ms`,
    code: body,
  };
}
