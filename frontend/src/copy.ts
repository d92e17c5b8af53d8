// Copies a text, also where the page is not served over https.
import { each, say, toast } from "./lib";

each("[data-copy]", (button) => {
  button.addEventListener("click", async () => {
    const done = await copy(button.dataset.copy ?? "");
    toast(say(done ? "copied" : "copyFailed"), done ? "success" : "warning");
  });
});

async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "visually-hidden";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}
