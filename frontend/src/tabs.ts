// Tabs that keep their scroll position and remember the last one for this page.
import { each } from "./lib";

each("[data-tabs]", (root) => {
  const tabs = [...root.querySelectorAll<HTMLElement>("[data-tab]")];
  const panels = [...root.querySelectorAll<HTMLElement>("[data-panel]")];
  const wide = matchMedia("(min-width: 900px)");
  const places = new Map<string, number>();
  const memory = `judging:tab:${location.pathname}`;
  let current = recall(memory) ?? tabs[0]?.dataset.tab ?? "";
  if (!tabs.some((tab) => tab.dataset.tab === current)) current = tabs[0]?.dataset.tab ?? "";

  const show = (key: string, focus = false): void => {
    places.set(current, scrollY);
    const moved = key !== current;
    current = key;
    const all = root.dataset.tabs === "phone" && wide.matches;
    for (const panel of panels) {
      const shown = all || panel.dataset.panel === key;
      panel.classList.toggle("is-shown", shown);
      panel.hidden = !shown;
      // Side by side they are plain parts of the page, not panels of hidden tabs.
      if (all) panel.removeAttribute("role");
      else panel.setAttribute("role", "tabpanel");
    }
    for (const tab of tabs) {
      const chosen = tab.dataset.tab === key;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      if (chosen && focus) tab.focus();
    }
    if (moved && !all) scrollTo({ top: places.get(key) ?? 0, behavior: "auto" });
    keep(memory, key);
  };
  tabs.forEach((tab, n) => {
    tab.addEventListener("click", () => show(tab.dataset.tab ?? ""));
    tab.addEventListener("keydown", (event) => {
      const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
      const next = tabs[(n + step + tabs.length) % tabs.length];
      if (step && next) show(next.dataset.tab ?? "", true);
    });
  });
  wide.addEventListener?.("change", () => show(current));
  show(current);
});

function recall(key: string): string | null {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
}

function keep(key: string, value: string): void {
  try {
    sessionStorage.setItem(key, value);
  } catch {
    // Without storage the tab is simply not remembered.
  }
}
