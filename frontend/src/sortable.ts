// A list put in order by dragging (mouse, finger, pen) or with the buttons.
import { each, part, say } from "./lib";

each("form[data-sortable]", (form) => {
  const list = part(form, "[data-list]");
  if (!list) return;
  const items = (): HTMLElement[] => [...list.children].filter((item): item is HTMLElement => item instanceof HTMLElement);
  let changed = false;

  const refresh = (): void => {
    items().forEach((item, n) => {
      const place = part(item, "[data-place]");
      if (place) place.textContent = String(n + 1);
      const [up, down] = [part<HTMLButtonElement>(item, '[data-move="-1"]'), part<HTMLButtonElement>(item, '[data-move="1"]')];
      if (up) up.disabled = n === 0;
      if (down) down.disabled = n === items().length - 1;
    });
    const hint = part(form, "[data-unsaved]");
    if (hint) hint.hidden = !changed;
  };
  const moved = (item: HTMLElement): void => {
    changed = true;
    refresh();
    const said = part(form, "[data-said]");
    if (said) said.textContent = say("movedTo", { place: items().indexOf(item) + 1 });
  };

  list.addEventListener("click", (event) => {
    const button = (event.target as HTMLElement).closest<HTMLButtonElement>("[data-move]");
    const item = button?.closest<HTMLElement>("[data-item]");
    if (!button || !item) return;
    if (button.dataset.move === "-1") item.previousElementSibling?.before(item);
    else item.nextElementSibling?.after(item);
    moved(item);
    if (button.disabled) part(item, "[data-move]:not(:disabled)")?.focus();
    else button.focus();
  });

  list.addEventListener("pointerdown", (event) => {
    const grip = (event.target as HTMLElement).closest<HTMLElement>("[data-grip]");
    const item = grip?.closest<HTMLElement>("[data-item]");
    if (!grip || !item || event.button !== 0) return;
    event.preventDefault();
    grip.setPointerCapture(event.pointerId);
    item.classList.add("is-dragged");
    const follow = (move: PointerEvent): void => {
      const after = items().find((other) => other !== item && move.clientY < other.getBoundingClientRect().top + other.offsetHeight / 2);
      if (after === item.nextElementSibling && after) return;
      if (after) after.before(item);
      else list.append(item);
      refresh();
    };
    const drop = (): void => {
      item.classList.remove("is-dragged");
      grip.removeEventListener("pointermove", follow);
      moved(item);
    };
    grip.addEventListener("pointermove", follow);
    grip.addEventListener("pointerup", drop, { once: true });
    grip.addEventListener("pointercancel", drop, { once: true });
  });

  form.addEventListener("submit", () => (changed = false));
  addEventListener("beforeunload", (event) => {
    if (changed) event.preventDefault();
  });
  refresh();
});
