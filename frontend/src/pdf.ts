// Shows a PDF inside the page: only the pages near the eye are drawn, so a long report stays light on a phone.
import {
  GlobalWorkerOptions,
  ResponseException,
  TextLayer,
  getDocument,
  type PDFDocumentProxy,
  type PDFPageProxy,
} from "pdfjs-dist/legacy/build/pdf.mjs";
import { part, say } from "./lib";

const LEVELS = [0.5, 0.75, 1, 1.25, 1.5, 2, 3];
const LARGEST_CANVAS = 16_000_000;

// A refused file is told to the reader below; pdf.js may reject a second promise for it that nobody holds.
addEventListener("unhandledrejection", (event) => {
  if (event.reason instanceof ResponseException) event.preventDefault();
});

export async function showPdf(root: HTMLElement): Promise<void> {
  const body = part(root, "[data-body]");
  const state = part(root, "[data-state]");
  if (!body || !state) return;
  root.classList.remove("is-failed");
  state.hidden = false;
  try {
    GlobalWorkerOptions.workerSrc = root.dataset.worker ?? "";
    const assets = new URL(root.dataset.assets ?? "", location.href).href;
    const file = await getDocument({
      url: new URL(root.dataset.pdfSrc ?? "", location.href).href,
      withCredentials: true,
      cMapUrl: `${assets}cmaps/`,
      standardFontDataUrl: `${assets}standard_fonts/`,
      wasmUrl: `${assets}wasm/`,
      iccUrl: `${assets}iccs/`,
      enableXfa: false,
    }).promise;
    state.hidden = true;
    await new Viewer(root, body, file).start();
  } catch {
    fail(root, state);
  }
}

function fail(root: HTMLElement, state: HTMLElement): void {
  root.classList.add("is-failed");
  state.hidden = false;
  state.textContent = say("pdfFailed");
  const again = document.createElement("button");
  again.type = "button";
  again.className = "btn btn-secondary";
  again.textContent = say("retry");
  again.addEventListener("click", () => void showPdf(root));
  state.append(" ", again);
}

class Sheet {
  drawn = 0;
  private task: { cancel(): void; promise: Promise<unknown> } | null = null;

  constructor(
    readonly number: number,
    readonly box: HTMLElement,
    private readonly page: () => Promise<PDFPageProxy>,
  ) {}

  async draw(width: number): Promise<void> {
    if (this.drawn === width) return;
    this.drawn = width;
    this.task?.cancel();
    const page = await this.page();
    const viewport = page.getViewport({ scale: width / page.getViewport({ scale: 1 }).width });
    this.box.style.aspectRatio = `${viewport.width} / ${viewport.height}`;
    const sharp = Math.min(devicePixelRatio || 1, 2, Math.sqrt(LARGEST_CANVAS / (viewport.width * viewport.height)));
    const canvas = document.createElement("canvas");
    canvas.width = Math.floor(viewport.width * sharp);
    canvas.height = Math.floor(viewport.height * sharp);
    canvas.setAttribute("aria-hidden", "true");
    this.task = page.render({ canvas, viewport, transform: sharp === 1 ? undefined : [sharp, 0, 0, sharp, 0, 0] });
    try {
      await this.task.promise;
    } catch {
      return; // Drawn again at another width, or scrolled away.
    }
    const text = document.createElement("div");
    text.className = "pdf-text";
    text.style.setProperty("--total-scale-factor", String(viewport.scale));
    text.style.setProperty("--scale-factor", String(viewport.scale));
    this.box.replaceChildren(canvas, text);
    await new TextLayer({ textContentSource: page.streamTextContent(), container: text, viewport }).render();
  }

  clear(): void {
    if (!this.drawn) return;
    this.drawn = 0;
    this.task?.cancel();
    this.box.replaceChildren();
  }
}

class Viewer {
  private sheets: Sheet[] = [];
  private near = new Set<Sheet>();
  private zoom = 1;
  private fit: string | undefined;

  constructor(
    private readonly root: HTMLElement,
    private readonly body: HTMLElement,
    private readonly file: PDFDocumentProxy,
  ) {}

  async start(): Promise<void> {
    const first = (await this.file.getPage(1)).getViewport({ scale: 1 });
    const list = document.createElement("div");
    list.className = "pdf-list";
    for (let number = 1; number <= this.file.numPages; number += 1) {
      const box = document.createElement("div");
      box.className = "pdf-page";
      box.setAttribute("role", "group");
      box.setAttribute("aria-label", say("pdfPage", { page: number, pages: this.file.numPages }));
      box.style.aspectRatio = `${first.width} / ${first.height}`;
      list.append(box);
      this.sheets.push(new Sheet(number, box, () => this.file.getPage(number)));
    }
    this.body.querySelector(".pdf-list")?.remove();
    this.body.append(list);
    this.tellPage(1);
    this.watch();
    this.listen();
    this.setZoom(1);
  }

  private watch(): void {
    const boxes = new Map(this.sheets.map((sheet) => [sheet.box as Element, sheet]));
    const near = new IntersectionObserver((entries) => {
      for (const entry of entries) {
        const sheet = boxes.get(entry.target);
        if (!sheet) continue;
        if (entry.isIntersecting) this.near.add(sheet);
        else {
          this.near.delete(sheet);
          sheet.clear();
        }
      }
      this.draw();
    }, { rootMargin: "1200px 0px" });
    for (const sheet of this.sheets) near.observe(sheet.box);
    new ResizeObserver(debounce(() => this.setZoom(this.zoom), 200)).observe(this.body);
    const scroller = this.body;
    const where = debounce(() => {
      const middle = scroller.getBoundingClientRect().top + scroller.clientHeight / 3;
      const current = this.sheets.find((sheet) => sheet.box.getBoundingClientRect().bottom > middle);
      if (current) this.tellPage(current.number);
    }, 80);
    scroller.addEventListener("scroll", where, { passive: true });
    addEventListener("scroll", where, { passive: true });
  }

  private listen(): void {
    this.root.addEventListener("click", (event) => {
      const way = (event.target as HTMLElement).closest<HTMLElement>("[data-zoom]")?.dataset.zoom;
      if (way === "fit") this.setZoom(1);
      else if (way === "in") this.setZoom(LEVELS.find((level) => level > this.zoom) ?? this.zoom);
      else if (way === "out") this.setZoom([...LEVELS].reverse().find((level) => level < this.zoom) ?? this.zoom);
    });
  }

  private setZoom(zoom: number): void {
    const before = this.body.scrollHeight > 0 ? this.body.scrollTop / this.body.scrollHeight : 0;
    const moved = zoom !== this.zoom;
    this.zoom = zoom;
    const level = part(this.root, "[data-zoom-level]");
    this.fit ??= level?.textContent ?? "";
    if (level) level.textContent = zoom === 1 ? this.fit : `${Math.round(zoom * 100)} %`;
    const width = this.width();
    for (const sheet of this.sheets) sheet.box.style.width = `${width}px`;
    if (moved) this.body.scrollTop = before * this.body.scrollHeight;
    this.draw();
  }

  private width(): number {
    const style = getComputedStyle(this.body);
    const room = this.body.clientWidth - Number.parseFloat(style.paddingLeft) - Number.parseFloat(style.paddingRight);
    return Math.max(120, Math.floor(room * this.zoom));
  }

  private draw(): void {
    const width = this.width();
    for (const sheet of this.near) void sheet.draw(width);
  }

  private tellPage(page: number): void {
    const place = part(this.root, "[data-pages]");
    const text = say("pdfPage", { page, pages: this.file.numPages });
    if (place && place.textContent !== text) place.textContent = text;
  }
}

function debounce(run: () => void, wait: number): () => void {
  let timer: number | undefined;
  return () => {
    clearTimeout(timer);
    timer = window.setTimeout(run, wait);
  };
}
