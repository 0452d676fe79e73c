import { byId, create } from "./dom.ts";

export interface Tab {
  id: string;
  name: string;
}

/**
 * Tabs with one panel, as the ARIA practices have them: arrows, Home and End move, one tab is in the order of focus.
 * @see https://www.w3.org/WAI/ARIA/apg/patterns/tabs/
 */
export function showTabs(tabs: readonly Tab[], onSelect: (id: string) => void): void {
  const list = byId("tabs", HTMLElement);
  const panel = byId("panel", HTMLElement);
  const buttons = tabs.map(({ id, name }) => {
    const button = create("button", { type: "button", role: "tab", id: `tab-${id}` }, name);
    button.setAttribute("aria-controls", panel.id);
    button.addEventListener("click", () => select(button, id));
    return button;
  });
  const select = (chosen: HTMLButtonElement, id: string): void => {
    for (const button of buttons) {
      button.ariaSelected = String(button === chosen);
      button.tabIndex = button === chosen ? 0 : -1;
    }
    panel.setAttribute("aria-labelledby", chosen.id);
    onSelect(id);
  };
  list.addEventListener("keydown", (event) => {
    const at = buttons.findIndex(({ ariaSelected }) => ariaSelected === "true");
    const last = buttons.length - 1;
    const targets: Record<string, number> = {
      ArrowRight: at === last ? 0 : at + 1,
      ArrowLeft: at === 0 ? last : at - 1,
      Home: 0,
      End: last,
    };
    const target = buttons[targets[event.key] ?? -1];
    if (!target) return;
    event.preventDefault();
    target.focus();
    target.click();
  });
  list.append(...buttons);
  buttons[0]!.click();
}
