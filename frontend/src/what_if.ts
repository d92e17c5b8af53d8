// A plan's form that says at once what would become of its bounds; nothing is kept by asking.
import { each, part } from "./lib";

interface Answer {
  ok: boolean;
  message: string;
  ways?: string[];
}

each("[data-what-if]", (element) => {
  const form = element as HTMLFormElement;
  const place = part(form, "[data-what-if-answer]");
  if (!place) return;
  let asked = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const show = (answer: Answer): void => {
    place.replaceChildren(...[answer.message, ...(answer.ways ?? [])].filter(Boolean).map((text) => {
      const line = document.createElement("p");
      line.textContent = text;
      return line;
    }));
    place.classList.toggle("is-impossible", !answer.ok);
  };

  const ask = async (): Promise<void> => {
    const turn = ++asked;
    const query = new URLSearchParams();
    for (const name of ["mode", "wanted", "most", "least", "seniors", "seed"]) {
      const field = form.elements.namedItem(name);
      if (field instanceof HTMLInputElement || field instanceof HTMLSelectElement) query.set(name, field.value);
    }
    place.classList.add("is-asking");
    try {
      const response = await fetch(`${form.dataset.whatIf}?${query}`, { headers: { Accept: "application/json", "X-Requested-With": "fetch" }, credentials: "same-origin" });
      const answer = (await response.json()) as Answer;
      if (turn === asked) show({ ...answer, ok: answer.ok && response.ok });
    } catch {
      if (turn === asked) show({ ok: false, message: form.dataset.whatIfFailed ?? "" });
    }
    if (turn === asked) place.classList.remove("is-asking");
  };

  // A slider and its number move each other; only the number is sent.
  form.querySelectorAll<HTMLInputElement>("[data-slides]").forEach((slider) => {
    const field = form.elements.namedItem(slider.dataset.slides ?? "");
    if (!(field instanceof HTMLInputElement)) return;
    slider.addEventListener("input", () => (field.value = slider.value));
    field.addEventListener("input", () => (slider.value = field.value));
  });

  const soon = (event: Event): void => {
    if (!(event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement)) return;
    clearTimeout(timer);
    timer = setTimeout(() => void ask(), 150);
  };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
});
