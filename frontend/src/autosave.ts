// Forms that save themselves, field by field.
import { each, fieldError, say } from "./lib";
import { SaveQueue, type Answer, type FieldValue } from "./save_queue";
import { saveState } from "./save_state";

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

each("form[data-autosave]", (element) => {
  const form = element as HTMLFormElement;
  const show = saveState(form);
  let held: HTMLElement | null = null;
  const queue = new SaveQueue(form.dataset.autosave ?? "", numberOf(form.dataset.version), numberOf(form.dataset.sequence) ?? 0, {
    state: (state, detail) => {
      show(state, detail);
      if (state === "offline") held = null;
      else if (held && state !== "saving") setTimeout(post);
    },
    answered: (answer, change) => mark(form, answer, change.field),
    refused: (change, message, conflict) => {
      if (!conflict) fieldError(form, change.field, message || say("refused"));
    },
  });
  form.addEventListener("input", (event) => change(event, 600));
  form.addEventListener("change", (event) => change(event, 0));
  form.addEventListener("focusout", () => queue.flush());

  const sent = new Map<string, string>();
  function change(event: Event, quiet: number): void {
    const control = event.target as Control;
    const rows = control.closest<HTMLElement>("[data-list-field]");
    if (rows) return put(rows.dataset.listField ?? "", rowsOf(rows), quiet);
    if (!control.name || control.name === "csrf_token" || control.type === "file" || control.dataset.local !== undefined) return;
    put(control.name, valueOf(form, control), quiet);
  }
  function put(name: string, value: FieldValue, quiet: number): void {
    const text = JSON.stringify(value);
    if (sent.get(name) === text) return quiet === 0 ? queue.flush() : undefined;
    sent.set(name, text);
    queue.put(name, value, quiet);
  }
  // The whole form is on its way by the button: nothing to warn about. A save still in the air is awaited first,
  // or its new version would make the form look out of date.
  form.addEventListener(
    "submit",
    (event) => {
      if (queue.idle || held) queue.leaving = true;
      else {
        event.preventDefault();
        held = event.submitter ?? form;
        queue.flush();
      }
    },
    { capture: true },
  );
  function post(): void {
    const button = held;
    if (button) form.requestSubmit(button instanceof HTMLButtonElement ? button : null);
    held = null;
  }
});

function mark(form: HTMLFormElement, answer: Answer, field: string): void {
  fieldError(form, field, null);
  // The form's own button must not post a version that its own saves have overtaken.
  const version = form.querySelector<HTMLInputElement>('input[name="version"]');
  if (version && answer.version !== undefined) version.value = String(answer.version);
  for (const [name, message] of Object.entries(answer.errors ?? {})) fieldError(form, name, message);
  if (answer.missing) {
    const missing = new Set(answer.missing);
    for (const place of form.querySelectorAll<HTMLElement>("[data-field]")) place.classList.toggle("is-missing", missing.has(place.dataset.field ?? ""));
    for (const place of document.querySelectorAll<HTMLElement>("[data-missing-for]")) place.hidden = !missing.has(place.dataset.missingFor ?? "");
  }
  document.dispatchEvent(new CustomEvent("judging:saved", { detail: answer }));
}

/** Rows that are saved as one list: every input's value, row by row. */
function rowsOf(list: HTMLElement): string[] {
  return [...list.querySelectorAll<HTMLInputElement>("[data-rows] input")].map((input) => input.value);
}

/** What a field holds now: text, yes or no, or a list. */
export function valueOf(form: HTMLFormElement, control: Control): FieldValue {
  const same = [...form.elements].filter((other): other is Control => (other as Control).name === control.name);
  if (control instanceof HTMLSelectElement && control.multiple) return [...control.selectedOptions].map((option) => option.value);
  if (control.type === "checkbox") {
    const boxes = same.filter((box): box is HTMLInputElement => box.type === "checkbox") as HTMLInputElement[];
    if (boxes.length === 1 && control.closest(".field-choices") === null) return (control as HTMLInputElement).checked;
    return boxes.filter((box) => box.checked).map((box) => box.value);
  }
  if (control.type === "radio") return (same as HTMLInputElement[]).find((radio) => radio.checked)?.value ?? "";
  return control.value;
}

export function numberOf(text: string | undefined): number | null {
  const value = Number.parseInt(text ?? "", 10);
  return Number.isNaN(value) ? null : value;
}
