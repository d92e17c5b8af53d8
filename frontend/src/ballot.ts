// The score sheet: every mark is sent at once, kept on the device until the server has it, added up, and never lost.
import { each, fieldError, part, say } from "./lib";
import { numberOf } from "./autosave";
import { SaveQueue, type Answer } from "./save_queue";
import { saveState } from "./save_state";

each("form[data-ballot]", (element) => new Ballot(element as HTMLFormElement));

class Ballot {
  private readonly inputs: HTMLInputElement[];
  private readonly others: (HTMLTextAreaElement | HTMLInputElement)[];
  private readonly queue: SaveQueue;
  private serverTotal: string | null = null;

  constructor(private readonly form: HTMLFormElement) {
    this.inputs = [...form.querySelectorAll<HTMLInputElement>("[data-mark-input]")];
    this.others = [...form.querySelectorAll<HTMLTextAreaElement>("[data-saved]")];
    const show = saveState(form);
    this.queue = new SaveQueue(
      form.dataset.ballot ?? "",
      numberOf(form.dataset.version),
      numberOf(form.dataset.sequence) ?? 0,
      {
        state: (state, detail) => {
          show(state, detail);
          this.refresh();
        },
        answered: (answer, change) => this.answered(answer, change.field),
        refused: (change, message) => fieldError(form, change.field, message || say("refused")),
      },
      `judging:ballot:${form.dataset.key ?? location.pathname}`,
    );
    for (const change of this.queue.recover()) {
      const control = form.elements.namedItem(change.field);
      if (control instanceof HTMLInputElement || control instanceof HTMLTextAreaElement) control.value = String(change.value);
    }
    for (const input of this.inputs) this.listen(input);
    for (const control of this.others) {
      control.addEventListener("input", () => this.queue.put(control.name, control.value));
      control.addEventListener("blur", () => this.queue.flush());
    }
    form.addEventListener("click", (event) => this.clicked(event));
    form.addEventListener("submit", (event) => {
      if (!this.ready) event.preventDefault();
    });
    this.refresh();
  }

  private get ready(): boolean {
    const given = this.inputs.every((input) => input.value.trim() !== "" && fault(input) === null);
    const written = this.others.every((control) => !control.required || control.value.trim() !== "");
    return given && written && this.queue.settled;
  }

  private listen(input: HTMLInputElement): void {
    if (input.matches(":disabled")) return;
    input.addEventListener("input", () => this.changed(input, 300));
    input.addEventListener("blur", () => {
      input.value = clean(input.value);
      this.queue.flush();
    });
    input.addEventListener("focus", () => input.select());
    input.addEventListener("keydown", (event) => {
      const step = event.key === "Enter" || event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
      if (!step || event.isComposing) return;
      event.preventDefault();
      this.queue.flush();
      const order: HTMLElement[] = [...this.inputs, ...this.others];
      order[order.indexOf(input) + step]?.focus();
    });
  }

  private clicked(event: Event): void {
    const button = (event.target as HTMLElement).closest<HTMLElement>("[data-mark], [data-nudge]");
    const input = button?.closest("[data-criterion]")?.querySelector<HTMLInputElement>("[data-mark-input]");
    if (!button || !input) return;
    const { low, high } = limits(input);
    if (button.dataset.mark !== undefined) input.value = button.dataset.mark;
    else {
      const now = input.value.trim() === "" ? high : Number(clean(input.value)) + Number(button.dataset.nudge);
      input.value = plain(Math.min(high, Math.max(low, now)));
    }
    this.changed(input, 0);
  }

  private changed(input: HTMLInputElement, quiet: number): void {
    const wrong = fault(input);
    fieldError(this.form, input.name, wrong);
    this.serverTotal = null;
    if (wrong) this.queue.hold(input.name);
    else this.queue.put(input.name, clean(input.value), quiet);
    this.refresh();
  }

  private answered(answer: Answer, field: string): void {
    fieldError(this.form, field, null);
    for (const [name, message] of Object.entries(answer.errors ?? {})) fieldError(this.form, name, message);
    if (this.queue.settled && typeof answer.total === "string") this.serverTotal = answer.total;
    document.dispatchEvent(new CustomEvent("judging:saved", { detail: answer }));
  }

  private refresh(): void {
    const marked = this.inputs.filter((input) => input.value.trim() !== "" && fault(input) === null);
    for (const input of this.inputs) {
      const box = input.closest<HTMLElement>("[data-criterion]");
      box?.classList.toggle("is-given", marked.includes(input));
      for (const button of box?.querySelectorAll<HTMLElement>("[data-mark]") ?? []) {
        const same = input.value.trim() !== "" && Number(button.dataset.mark) === Number(clean(input.value));
        button.setAttribute("aria-pressed", String(same));
      }
    }
    const sum = marked.reduce((total, input) => total + Number(clean(input.value)) * Number(input.dataset.weight ?? 1), 0);
    write(this.form, "[data-sum]", this.serverTotal ?? (marked.length ? plain(sum) : "—"));
    write(this.form, "[data-given]", String(marked.length));
    write(this.form, "[data-count]", String(this.inputs.length));
    const submit = part<HTMLButtonElement>(this.form, "[data-submit]");
    // Called once by the constructor before the queue exists to the outside.
    if (submit) submit.disabled = !this.ready;
  }
}

function write(form: HTMLElement, selector: string, text: string): void {
  const place = part(form, selector);
  if (place && place.textContent !== text) place.textContent = text;
}

/** Full-width digits and Chinese points, as an input method leaves them, become plain ones. */
function clean(text: string): string {
  return text.normalize("NFKC").replace(/[。,]/g, ".").trim();
}

function limits(input: HTMLInputElement): { low: number; high: number; step: number } {
  return { low: Number(input.dataset.low ?? 0), high: Number(input.dataset.high ?? 100), step: Number(input.dataset.step ?? 0.5) };
}

/** Why a mark cannot stand, or null. An empty one can: it has been taken back. */
function fault(input: HTMLInputElement): string | null {
  const text = clean(input.value);
  if (text === "") return null;
  const { low, high, step } = limits(input);
  const value = /^\d+(\.\d*)?$/.test(text) ? Number(text) : Number.NaN;
  const steps = (value - low) / step;
  const fits = value >= low && value <= high && Math.abs(steps - Math.round(steps)) < 1e-6;
  return fits ? null : say("markRange", { low: plain(low), high: plain(high), step: plain(step) });
}

function plain(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}
