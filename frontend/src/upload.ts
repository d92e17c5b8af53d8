// Sends a file with its progress, and says why when it is refused.
import { activate, csrfToken, each, fileSize, part, say, toast } from "./lib";

interface Verdict {
  ok?: boolean;
  message?: string;
  html?: string;
}

each("form[data-upload]", (element) => {
  const form = element as HTMLFormElement;
  const input = part<HTMLInputElement>(form, "input[type=file]");
  const button = part<HTMLButtonElement>(form, "[data-upload-submit]");
  if (!input || !button) return;
  form.classList.add("is-live");
  input.tabIndex = -1;
  button.addEventListener("click", (event) => {
    event.preventDefault();
    input.click();
  });
  input.addEventListener("change", () => input.files?.[0] && begin(form, input.files[0]));
  form.addEventListener("submit", (event) => {
    if ((event.submitter as HTMLElement | null)?.dataset.plain !== undefined) return;
    event.preventDefault();
    if (input.files?.[0]) begin(form, input.files[0]);
    else refuse(form, say("chooseFile"));
  });
  for (const name of ["dragenter", "dragover"]) {
    form.addEventListener(name, (event) => {
      event.preventDefault();
      form.classList.add("is-target");
    });
  }
  for (const name of ["dragleave", "drop"]) form.addEventListener(name, () => form.classList.remove("is-target"));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    const file = (event as DragEvent).dataTransfer?.files[0];
    if (file) begin(form, file);
  });
});

function begin(form: HTMLFormElement, file: File): void {
  if (form.dataset.busy) return;
  const limit = Number(form.dataset.max ?? 0);
  refuse(form, null);
  if (limit && file.size > limit) {
    reset(form);
    return refuse(form, say("tooLarge", { limit: form.dataset.maxText || fileSize(limit), size: fileSize(file.size) }));
  }
  const input = part<HTMLInputElement>(form, "input[type=file]")!;
  const data = new FormData(form);
  data.set(input.name, file, file.name);
  send(form, file, data);
}

function send(form: HTMLFormElement, file: File, data: FormData): void {
  const row = part(form, "[data-progress]")!;
  const bar = part<HTMLProgressElement>(row, "progress")!;
  const figures = part(row, "[data-figures]")!;
  const began = performance.now();
  const request = new XMLHttpRequest();
  const leaving = (event: BeforeUnloadEvent): void => event.preventDefault();
  const finish = (): void => {
    delete form.dataset.busy;
    row.hidden = true;
    removeEventListener("beforeunload", leaving);
    reset(form);
  };
  form.dataset.busy = "yes";
  row.hidden = false;
  part(row, "[data-name]")!.textContent = file.name;
  bar.value = 0;
  figures.textContent = fileSize(file.size);
  addEventListener("beforeunload", leaving);

  request.upload.addEventListener("progress", (event) => {
    if (!event.lengthComputable) return;
    bar.value = (event.loaded / event.total) * 100;
    const speed = event.loaded / Math.max(0.2, (performance.now() - began) / 1000);
    figures.textContent = event.loaded < event.total
      ? say("uploading", { done: fileSize(event.loaded), total: fileSize(event.total), speed: fileSize(Math.round(speed)) })
      : say("checking");
  });
  request.addEventListener("load", () => {
    finish();
    settle(form, request);
  });
  request.addEventListener("error", () => {
    finish();
    refuse(form, say("uploadFailed"));
  });
  request.addEventListener("abort", finish);
  part(row, "[data-cancel]")!.onclick = () => request.abort();

  request.open("POST", form.action);
  request.setRequestHeader("Accept", "application/json");
  request.setRequestHeader("X-CSRFToken", csrfToken());
  request.setRequestHeader("X-Requested-With", "fetch");
  request.send(data);
}

function settle(form: HTMLFormElement, request: XMLHttpRequest): void {
  let verdict: Verdict | null = null;
  try {
    verdict = JSON.parse(request.responseText) as Verdict;
  } catch {
    // Not JSON: the server has sent us on to a page.
  }
  if (!verdict) {
    if (request.status < 400) return location.assign(request.responseURL || location.href);
    return refuse(form, request.status === 413 ? say("tooLarge", { limit: form.dataset.maxText ?? "", size: "" }) : say("uploadFailed"));
  }
  if (request.status >= 400 || verdict.ok === false) return refuse(form, verdict.message || say("uploadFailed"));
  toast(verdict.message || say("uploaded"), "success");
  document.dispatchEvent(new CustomEvent("judging:uploaded", { detail: verdict }));
  if (!verdict.html) return location.reload();
  const shell = document.createElement("div");
  shell.innerHTML = verdict.html;
  const fresh = [...shell.children] as HTMLElement[];
  form.replaceWith(...fresh);
  fresh.forEach((part) => activate(part));
}

function refuse(form: HTMLFormElement, message: string | null): void {
  const place = part(form, "[data-refusal]");
  if (!place) return;
  place.hidden = !message;
  const text = place.querySelector("span");
  if (text) text.textContent = message ?? "";
}

function reset(form: HTMLFormElement): void {
  const input = part<HTMLInputElement>(form, "input[type=file]");
  if (input) input.value = "";
}
