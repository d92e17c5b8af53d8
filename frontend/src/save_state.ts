// The word "saved", told only when it is true.
import { clockTime, part, say } from "./lib";
import type { State } from "./save_queue";

export function saveState(form: HTMLElement): (state: State, detail: { savedAt?: string; message?: string }) => void {
  const inside = [...form.querySelectorAll<HTMLElement>("[data-save-state]")];
  const pointing = form.id ? [...document.querySelectorAll<HTMLElement>(`[data-save-state="${CSS.escape(form.id)}"]`)] : [];
  const places = [...new Set([...inside, ...pointing])];
  return (state, { savedAt, message }) => {
    const words: Record<State, string> = {
      saving: say("saving"),
      saved: say("saved", { time: savedAt ? clockTime(savedAt) : "" }),
      retrying: say("unsaved"),
      offline: say("offline"),
      signedOut: say("signedOut"),
      conflict: message || say("conflict"),
      refused: say("refused"),
    };
    for (const place of places) {
      place.dataset.state = state;
      const text = part(place, "[data-text]");
      if (text && text.textContent !== words[state]) text.textContent = words[state];
    }
  };
}
