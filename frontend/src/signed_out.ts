// A form sent after the session has ended: the server asks to sign in first, and what was typed is put back afterwards.
import { each, say } from "./lib";
import { fill, find, reopen, type Typed } from "./refused";

type Sent = Typed & { account: string; lost?: boolean };

const KEY = "judging.sent";
const SECRET = /^(csrf_token|.*password.*|again|present)$/;
const account = document.querySelector<HTMLMetaElement>('meta[name="account"]')?.content ?? "";

// In the capture phase and from the form's own fields: buttons and scripts may stop or change it later.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.method !== "post" || !account) return;
  const values = [...new FormData(form)].filter((pair): pair is [string, string] => typeof pair[1] === "string" && !SECRET.test(pair[0]));
  keep({ action: form.getAttribute("action") || location.href, back: here(), values, account });
}, true);

each("body", () => {
  const sent = kept();
  if (!sent) return;
  if (location.pathname.endsWith("/account/sign-in")) {
    if (document.querySelector("[data-lost]")) keep({ ...sent, lost: true });
    return;
  }
  sessionStorage.removeItem(KEY);
  // Another person's words are nobody's business; a page reached otherwise needs none.
  if (sent.lost && sent.account === account && sent.back === here()) restore(sent);
});

function restore(typed: Sent): void {
  const notice = Object.assign(document.createElement("div"), { className: "notice notice-warning" });
  notice.setAttribute("role", "alert");
  notice.append(Object.assign(document.createElement("p"), { textContent: say("typedAgain") }));
  document.querySelector("main")?.prepend(notice);
  const form = find(typed);
  if (!form || form.matches("[data-autosave], [data-ballot]")) return;
  fill(form, typed.values);
  for (let place = form.closest("details"); place; place = place.parentElement?.closest("details") ?? null) place.open = true;
  const sheet = form.closest("dialog");
  if (sheet) reopen(sheet, notice, typed.values);
}

function here(): string {
  return location.pathname + location.search;
}

function keep(what: Sent): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(what));
  } catch {
    // No room, or storage is forbidden: then the sign-in page promises nothing that was there before.
  }
}

function kept(): Sent | undefined {
  try {
    const text = sessionStorage.getItem(KEY);
    return text ? (JSON.parse(text) as Sent) : undefined;
  } catch {
    return undefined;
  }
}
