// Messages leave after eight seconds, never while somebody reads them; warnings and errors stay until closed.
import { each, part } from "./lib";

const SHOWN = 8000;

each("[data-toast]", (note) => {
  // What stood in the page from the start is not read out; what arrives is.
  const list = note.parentElement;
  if (document.readyState !== "complete") setTimeout(() => note.isConnected && list?.append(note), 200);
  const close = (): void => note.remove();
  part(note, "[data-toast-close]")?.addEventListener("click", close);
  if (note.matches(".toast-danger, .toast-warning")) return;
  let timer = setTimeout(close, SHOWN);
  const wait = (): void => clearTimeout(timer);
  const resume = (): void => {
    clearTimeout(timer);
    timer = setTimeout(close, SHOWN);
  };
  note.addEventListener("pointerenter", wait);
  note.addEventListener("focusin", wait);
  note.addEventListener("pointerleave", resume);
  note.addEventListener("focusout", resume);
});
