// Small habits of forms: no double posts, filters that apply themselves, counters, rows to add, parts that depend on a choice.
import { activate, each, part, say } from "./lib";

each("form[data-once]", (form) => {
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    // After this turn: the pressed button's own name and value must still be posted.
    setTimeout(() => form.querySelectorAll<HTMLButtonElement>("button[type=submit], button:not([type])").forEach((button) => (button.disabled = true)));
  });
});
// A page shown again by the back button must be usable again.
addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll<HTMLButtonElement>("form[data-once] button:disabled").forEach((button) => (button.disabled = false));
});

each("form[data-autosubmit]", (element) => {
  const form = element as HTMLFormElement;
  form.addEventListener("change", (event) => {
    if (event.target instanceof HTMLSelectElement) form.requestSubmit ? form.requestSubmit() : form.submit();
  });
  form.addEventListener("submit", () => {
    // Empty filters do not belong in the address.
    for (const control of form.querySelectorAll<HTMLInputElement | HTMLSelectElement>("input, select")) if (!control.value) control.disabled = true;
    setTimeout(() => form.querySelectorAll<HTMLInputElement | HTMLSelectElement>("input:disabled, select:disabled").forEach((control) => (control.disabled = false)), 1000);
  });
});

each("[data-counter]", (element) => {
  const control = element as HTMLTextAreaElement;
  const counter = document.createElement("p");
  counter.className = "form-hint counter";
  (control.closest(".input-group") ?? control).after(counter);
  const count = (): void => {
    const n = [...control.value].length;
    counter.textContent = say("characters", { n, max: control.maxLength > 0 ? control.maxLength : "∞" });
  };
  control.addEventListener("input", count);
  count();
});

each("[data-focus]", (element) => element.focus({ preventScroll: false }));
each("[data-print]", (button) => button.addEventListener("click", () => print()));

each("[data-check-all]", (element) => {
  const all = element as HTMLInputElement;
  const boxes = (): HTMLInputElement[] => [...document.querySelectorAll<HTMLInputElement>(`input[name="ids"][form="${CSS.escape(all.dataset.checkAll ?? "")}"]`)];
  const refresh = (): void => {
    const ticked = boxes().filter((box) => box.checked).length;
    all.checked = ticked > 0 && ticked === boxes().length;
    all.indeterminate = ticked > 0 && ticked < boxes().length;
    for (const place of document.querySelectorAll<HTMLElement>(`[data-chosen-of="${CSS.escape(all.dataset.checkAll ?? "")}"]`)) place.textContent = say("chosen", { n: ticked });
  };
  all.addEventListener("change", () => {
    for (const box of boxes()) box.checked = all.checked;
    refresh();
  });
  for (const box of boxes()) box.addEventListener("change", refresh);
  refresh();
});

each("[data-show-when]", (element) => {
  const [name = "", wanted = ""] = (element.dataset.showWhen ?? "").split("=");
  const form = element.closest("form");
  if (!form) return;
  const refresh = (): void => {
    const value = new FormData(form).getAll(name).map(String);
    const shown = wanted.split("|").some((one) => value.includes(one));
    element.hidden = !shown;
    for (const control of element.querySelectorAll<HTMLInputElement>("input, select, textarea")) control.disabled = !shown;
  };
  form.addEventListener("change", refresh);
  refresh();
});

each("[data-repeat]", (element) => {
  const template = part<HTMLTemplateElement>(element, "template");
  const rows = part(element, "[data-rows]");
  if (!template || !rows) return;
  let next = rows.children.length;
  element.addEventListener("click", (event) => {
    const target = (event.target as HTMLElement).closest<HTMLElement>("[data-add], [data-remove], [data-move]");
    if (target?.dataset.add !== undefined) {
      const shell = document.createElement("div");
      shell.innerHTML = template.innerHTML.replace(/__n__/g, String(next++));
      const added = [...shell.children] as HTMLElement[];
      rows.append(...added);
      added.forEach((row) => activate(row));
      part(added[0] ?? rows, "input:not([type=hidden]), select, textarea")?.focus();
    } else if (target) {
      const row = [...rows.children].find((row) => row.contains(target));
      if (target.dataset.move === "-1") row && row.previousElementSibling?.before(row);
      else if (target.dataset.move === "1") row && row.nextElementSibling?.after(row);
      else row?.remove();
      if (target.dataset.move) target.focus();
      rows.dispatchEvent(new Event("change", { bubbles: true }));
    }
    number();
  });
  const number = (): void =>
    [...rows.children].forEach((row, n) => {
      const place = row.querySelector<HTMLElement>("[data-place]");
      if (place) place.textContent = String(n + 1);
    });

});

each("details[data-menu]", (element) => {
  const menu = element as HTMLDetailsElement;
  document.addEventListener("click", (event) => !menu.contains(event.target as Node) && (menu.open = false));
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    part(menu, "summary")?.focus();
  });
});
