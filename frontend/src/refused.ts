// A refused act: its page is shown again, and what was typed goes back to where it was typed.
import { each, part } from "./lib";

export type Typed = { action: string; back: string; values: [string, string][] };

each("[data-refused]", (notice) => {
  const block = document.getElementById("typed");
  if (!block) return;
  const typed = JSON.parse(block.textContent || "{}") as Typed;
  // The address is that of the page, so that a reload, a link or the next form starts from there.
  history.replaceState(history.state, "", typed.back);
  const form = find(typed);
  if (!form || form.matches("[data-autosave], [data-ballot]")) return;
  fill(form, typed.values);
  part(notice, "[data-typed]")?.remove();
  for (let place = form.closest("details"); place; place = place.parentElement?.closest("details") ?? null) place.open = true;
  const sheet = form.closest("dialog");
  if (sheet) reopen(sheet, notice, typed.values);
});

export function find(typed: Typed): HTMLFormElement | undefined {
  const wanted = new URL(typed.action, location.href);
  const forms = [...document.querySelectorAll<HTMLFormElement>("form[method=post]")].filter((form) => {
    const action = new URL(form.getAttribute("action") || "", location.href);
    return action.pathname === wanted.pathname;
  });
  return forms.find((form) => hiddenOf(form).every((field) => typed.values.some(([name, value]) => name === field.name && value === field.value))) ?? forms[0];
}

function hiddenOf(form: HTMLFormElement): HTMLInputElement[] {
  return [...form.querySelectorAll<HTMLInputElement>("input[type=hidden]")].filter((field) => field.name && field.name !== "csrf_token" && field.name !== "version");
}

export function fill(form: HTMLFormElement, values: [string, string][]): void {
  const left = new Map<string, string[]>();
  for (const [name, value] of values) left.set(name, [...(left.get(name) ?? []), value]);
  for (const control of form.elements) {
    if (control instanceof HTMLInputElement && ["checkbox", "radio"].includes(control.type)) control.checked = (left.get(control.name) ?? []).includes(control.value);
    else if (control instanceof HTMLSelectElement && control.multiple) for (const option of control.options) option.selected = (left.get(control.name) ?? []).includes(option.value);
    else if (control instanceof HTMLSelectElement || control instanceof HTMLTextAreaElement || typed(control)) {
      const value = left.get(control.name)?.shift();
      if (value !== undefined) control.value = value;
    } else continue;
    control.dispatchEvent(new Event("input", { bubbles: true }));
    control.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

function typed(control: Element): control is HTMLInputElement {
  return control instanceof HTMLInputElement && !["hidden", "file", "password", "submit", "button", "image", "reset"].includes(control.type);
}

/** Open the sheet again as its button does, with the sentence in it: what lies behind a sheet is not read. */
export function reopen(sheet: HTMLDialogElement, notice: HTMLElement, values: [string, string][]): void {
  const bulk = sheet.querySelector<HTMLFormElement>("form[data-submits]")?.dataset.submits;
  if (bulk) {
    const ids = new Set(values.filter(([name]) => name === "ids").map(([, value]) => value));
    for (const box of document.querySelectorAll<HTMLInputElement>('input[name="ids"]')) {
      box.checked = ids.has(box.value);
      box.dispatchEvent(new Event("change", { bubbles: true }));
    }
  }
  const told = document.createElement("div");
  told.className = "notice notice-danger";
  told.setAttribute("role", "alert");
  for (const one of notice.children) told.append(one.cloneNode(true));
  part(sheet, ".sheet-body")?.prepend(told);
  document.querySelector<HTMLElement>(`[data-confirm="${CSS.escape(sheet.id)}"]`)?.click();
}
