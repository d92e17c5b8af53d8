// Sheets that ask before an act; bulk acts take the ticked rows along.
import { each, part, say, toast } from "./lib";

each("[data-confirm]", (button) => {
  const sheet = document.getElementById(button.dataset.confirm ?? "") as HTMLDialogElement | null;
  if (!sheet) return;
  const form = part<HTMLFormElement>(sheet, "form");
  button.addEventListener("click", () => {
    const bulk = form?.dataset.submits;
    if (bulk && form && !carry(form, bulk)) return toast(say("noneChosen"), "warning");
    open(sheet);
  });
  for (const close of sheet.querySelectorAll("[data-close]")) close.addEventListener("click", () => shut(sheet, button));
  // A press on the backdrop, not on the sheet.
  sheet.addEventListener("click", (event) => event.target === sheet && shut(sheet, button));
  sheet.addEventListener("keydown", (event) => event.key === "Escape" && !("showModal" in sheet) && shut(sheet, button));
});

function open(sheet: HTMLDialogElement): void {
  if (typeof sheet.showModal === "function") sheet.showModal();
  else {
    sheet.setAttribute("open", "");
    sheet.classList.add("sheet-plain");
  }
  (part(sheet, "textarea, input:not([type=hidden]), select") ?? part(sheet, "[data-close]"))?.focus();
}

function shut(sheet: HTMLDialogElement, button: HTMLElement): void {
  if (typeof sheet.close === "function") sheet.close();
  else sheet.removeAttribute("open");
  button.focus();
}

/** Copy the ticked rows of the bulk form into the sheet's form; false when there are none. */
function carry(form: HTMLFormElement, id: string): boolean {
  for (const old of form.querySelectorAll("[data-carried]")) old.remove();
  const ticked = document.querySelectorAll<HTMLInputElement>(`input[name="ids"][form="${CSS.escape(id)}"]:checked, form#${CSS.escape(id)} input[name="ids"]:checked`);
  for (const box of ticked) {
    const copy = document.createElement("input");
    copy.type = "hidden";
    copy.name = "ids";
    copy.value = box.value;
    copy.dataset.carried = "";
    form.append(copy);
  }
  const row = part(form, "[data-chosen-row]");
  const place = part(form, "[data-chosen]");
  if (row && place) {
    row.hidden = false;
    place.textContent = say("chosen", { n: ticked.length });
  }
  return ticked.length > 0;
}
