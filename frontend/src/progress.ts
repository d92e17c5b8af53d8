// Follows a running job and goes where its result is.
import { each, part, say } from "./lib";

interface Job {
  state: string;
  done?: number | null;
  total?: number | null;
  message?: string;
  url?: string | null;
}

each("[data-progress-url]", (element) => {
  const bar = part<HTMLProgressElement>(element, "[data-bar]");
  const message = part(element, "[data-message]");
  const tell = (text: string): void => {
    if (message && text && message.textContent !== text) message.textContent = text;
  };
  let wait = 500;

  const ask = async (): Promise<void> => {
    try {
      const response = await fetch(element.dataset.progressUrl ?? "", { headers: { Accept: "application/json" }, credentials: "same-origin", cache: "no-store" });
      if (!response.ok) throw new Error(String(response.status));
      if (show((await response.json()) as Job)) return;
    } catch {
      tell(say("jobLost"));
    }
    wait = Math.min(wait * 1.3, 3000);
    setTimeout(() => void ask(), wait);
  };

  const show = (job: Job): boolean => {
    if (bar && job.total) {
      bar.max = job.total;
      bar.value = job.done ?? 0;
    }
    tell(job.message ?? "");
    element.dataset.state = job.state;
    if (job.state === "failed") {
      tell(job.message || say("jobFailed"));
      element.classList.add("is-failed");
      return true;
    }
    if (job.state !== "done") return false;
    if (bar) bar.value = bar.max;
    if (job.url) location.assign(job.url);
    else location.reload();
    return true;
  };
  void ask();
});
