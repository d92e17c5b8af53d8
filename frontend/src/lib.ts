// What every module needs: the sentences of the page, activation by attribute, the server's clock, a place to speak.

export type Values = Record<string, string | number>;

let sentences: Record<string, string> | undefined;

/** A sentence in the language of the page, from the block layouts/strings.html has rendered. */
export function say(key: string, values: Values = {}): string {
  if (!sentences) {
    const block = document.getElementById("strings");
    sentences = JSON.parse(block?.textContent || "{}") as Record<string, string>;
  }
  return (sentences[key] ?? "").replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

type Starter = (element: HTMLElement) => void;
const starters: [string, Starter][] = [];
const started = new WeakMap<Element, Set<string>>();

/** Run `start` once for each element that matches, now and whenever a new part of the page arrives. */
export function each(selector: string, start: Starter): void {
  starters.push([selector, start]);
}

/** Start every module on a part of the page. */
export function activate(root: ParentNode = document): void {
  for (const [selector, start] of starters) {
    const found = [...root.querySelectorAll<HTMLElement>(selector)];
    if (root instanceof HTMLElement && root.matches(selector)) found.unshift(root);
    for (const element of found) {
      const done = started.get(element) ?? new Set<string>();
      if (done.has(selector)) continue;
      started.set(element, done.add(selector));
      start(element);
    }
  }
}

const serverTime = document.querySelector<HTMLMetaElement>('meta[name="server-time"]')?.content;
// Counted from the moment the page was loaded, so a device with a wrong clock still shows the right time left.
const ahead = serverTime ? Date.parse(serverTime) - Date.now() : 0;

/** Milliseconds of the server's clock. */
export function serverNow(): number {
  return Date.now() + ahead;
}

export function csrfToken(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";
}

/** 14:32 of a time the server gave. */
export function clockTime(iso: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return "";
  const zone = document.documentElement.dataset.zone;
  return new Intl.DateTimeFormat("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false, ...(zone ? { timeZone: zone } : {}) }).format(at);
}

export function part<T extends HTMLElement = HTMLElement>(root: ParentNode, selector: string): T | null {
  return root.querySelector<T>(selector);
}

/** Show a message as a toast; screen readers hear it. It stays for eight seconds, longer while it is read. */
export function toast(message: string, tone: "info" | "success" | "warning" | "danger" = "info"): void {
  const list = document.getElementById("toasts");
  if (!list || !message) return;
  const note = document.createElement("div");
  note.className = `toast-note toast-${tone}`;
  note.dataset.toast = "";
  const text = document.createElement("p");
  text.textContent = message;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "btn btn-quiet btn-icon";
  close.dataset.toastClose = "";
  close.setAttribute("aria-label", say("close"));
  close.textContent = "×";
  note.append(text, close);
  list.append(note);
  activate(note);
}

/** 3.4 MB */
export function fileSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const kilo = bytes / 1024;
  if (kilo < 1024) return `${kilo.toFixed(kilo < 10 ? 1 : 0)} KB`;
  return `${(kilo / 1024).toFixed(1)} MB`;
}

/** Show or take away the error sentence at a field. */
export function fieldError(form: ParentNode, field: string, message: string | null): void {
  const name = CSS.escape(field);
  const place = form.querySelector<HTMLElement>(`[data-error-for="${name}"]`);
  if (place) {
    place.hidden = !message;
    let text = place.querySelector("span");
    if (!text) place.append((text = document.createElement("span")));
    text.textContent = message ?? "";
  }
  for (const control of form.querySelectorAll<HTMLElement>(`[name="${name}"]`)) {
    if (message) {
      control.setAttribute("aria-invalid", "true");
      if (place?.id) describe(control, place.id);
    } else control.removeAttribute("aria-invalid");
    control.classList.toggle("is-invalid", !!message && control.classList.contains("form-control"));
  }
  place?.closest(".field")?.classList.toggle("is-wrong", !!message);
}

function describe(control: HTMLElement, id: string): void {
  const ids = new Set((control.getAttribute("aria-describedby") ?? "").split(/\s+/).filter(Boolean));
  control.setAttribute("aria-describedby", [...ids.add(id)].join(" "));
}
