// The matrix of fits: thousands of rows on a canvas that draws only what is seen, and fetches rows as they come near.
import { part } from "./lib";

interface Matrix {
  rows: [string, string][];
  columns: [string, string][];
  most: number;
}

const SIZES = [4, 8, 14, 22];
const PAGE = 128;
const HEAD = 84; // room for the codes of rows
const TOP = 76; // and of columns
const BARRED = 127;
const GIVEN = 128;

export function showMatrix(figure: HTMLElement): void {
  const matrix = JSON.parse(figure.querySelector("script[type='application/json']")?.textContent || "{}") as Matrix;
  const view = part(figure, "[data-view]");
  const room = part(figure, "[data-room]");
  const canvas = part<HTMLCanvasElement>(figure, "[data-canvas]");
  const told = part(figure, "[data-told]");
  const brush = canvas?.getContext("2d");
  if (!view || !room || !canvas || !brush) return;
  const [n, m] = [matrix.rows.length, matrix.columns.length];
  const pages = new Map<number, Uint8Array>();
  const asked = new Set<number>();
  const style = getComputedStyle(document.documentElement);
  const ink = style.getPropertyValue("--ink").trim() || "#1f2329";
  const accent = style.getPropertyValue("--accent").trim() || "#b5322a";
  const heat = Array.from({ length: 101 }, (_, fit) => `hsl(212 ${20 + 0.5 * fit}% ${97 - 0.5 * fit}%)`);
  let zoom = n * m > 20_000 ? 1 : 2;
  let at: [number, number] = [0, 0];
  let waiting = false;

  const size = (): number => SIZES[zoom] ?? 14;
  const cell = (row: number, column: number): number | undefined => pages.get(Math.floor(row / PAGE))?.[(row % PAGE) * m + column];

  const fetchPage = async (page: number): Promise<void> => {
    if (asked.has(page) || page * PAGE >= n || page < 0) return;
    asked.add(page);
    try {
      const response = await fetch(`${figure.dataset.matrix}?from=${page * PAGE}&rows=${PAGE}`, { credentials: "same-origin" });
      if (!response.ok) throw new Error(String(response.status));
      pages.set(page, new Uint8Array(await response.arrayBuffer()));
      draw();
      tell();
    } catch {
      asked.delete(page);
    }
  };

  const lay = (): void => {
    const side = size();
    room.style.width = `${HEAD + m * side}px`;
    room.style.height = `${TOP + n * side}px`;
    const scale = devicePixelRatio || 1;
    canvas.width = Math.floor(view.clientWidth * scale);
    canvas.height = Math.floor(view.clientHeight * scale);
    canvas.style.width = `${view.clientWidth}px`;
    canvas.style.height = `${view.clientHeight}px`;
    brush.setTransform(scale, 0, 0, scale, 0, 0);
    draw();
  };

  const draw = (): void => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      paint();
    });
  };

  const paint = (): void => {
    const side = size();
    const [width, height] = [view.clientWidth, view.clientHeight];
    const [left, top] = [view.scrollLeft, view.scrollTop];
    const rows: [number, number] = [Math.floor(top / side), Math.min(n, Math.ceil((top + height - TOP) / side) + 1)];
    const columns: [number, number] = [Math.floor(left / side), Math.min(m, Math.ceil((left + width - HEAD) / side) + 1)];
    for (let page = Math.floor(rows[0] / PAGE) - 1; page <= Math.floor(rows[1] / PAGE) + 1; page++) void fetchPage(page);
    brush.clearRect(0, 0, width, height);
    brush.save();
    brush.beginPath();
    brush.rect(HEAD, TOP, width - HEAD, height - TOP);
    brush.clip();
    for (let row = rows[0]; row < rows[1]; row++) {
      for (let column = columns[0]; column < columns[1]; column++) {
        const value = cell(row, column);
        if (value === undefined) continue;
        field(HEAD + column * side - left, TOP + row * side - top, side, value);
      }
    }
    brush.strokeStyle = accent;
    brush.lineWidth = 2;
    brush.strokeRect(HEAD + at[1] * side - left, TOP + at[0] * side - top, side, side);
    brush.restore();
    heads(side, left, top, rows, columns);
  };

  const field = (x: number, y: number, side: number, value: number): void => {
    const fit = value & ~GIVEN;
    brush.fillStyle = fit === BARRED ? "#fff" : (heat[fit] ?? "#fff");
    brush.fillRect(x, y, side - (side > 6 ? 1 : 0), side - (side > 6 ? 1 : 0));
    if (fit === BARRED) {
      brush.strokeStyle = "#9aa1ab";
      brush.lineWidth = 1;
      brush.beginPath();
      brush.moveTo(x, y + side - 1);
      brush.lineTo(x + side - 1, y);
      if (side > 10) {
        brush.moveTo(x, y + side / 2);
        brush.lineTo(x + side / 2, y);
        brush.moveTo(x + side / 2, y + side - 1);
        brush.lineTo(x + side - 1, y + side / 2);
      }
      brush.stroke();
    }
    if (value & GIVEN) {
      brush.fillStyle = accent;
      brush.beginPath();
      brush.arc(x + side / 2, y + side / 2, Math.max(1.5, side * 0.28), 0, 2 * Math.PI);
      brush.fill();
    }
  };

  const heads = (side: number, left: number, top: number, rows: [number, number], columns: [number, number]): void => {
    brush.fillStyle = "#fff";
    brush.fillRect(0, 0, view.clientWidth, TOP);
    brush.fillRect(0, 0, HEAD, view.clientHeight);
    brush.fillStyle = ink;
    brush.font = "12px system-ui, sans-serif";
    const step = Math.max(1, Math.ceil(14 / side));
    brush.save();
    brush.beginPath();
    brush.rect(0, TOP, HEAD, view.clientHeight - TOP);
    brush.clip();
    brush.textBaseline = "middle";
    for (let row = Math.ceil(rows[0] / step) * step; row < rows[1]; row += step) brush.fillText((matrix.rows[row]?.[0] ?? "").slice(0, 11), 4, TOP + row * side - top + side / 2);
    brush.restore();
    brush.save();
    brush.beginPath();
    brush.rect(HEAD, 0, view.clientWidth - HEAD, TOP);
    brush.clip();
    for (let column = Math.ceil(columns[0] / step) * step; column < columns[1]; column += step) {
      brush.save();
      brush.translate(HEAD + column * side - left + side / 2, TOP - 4);
      brush.rotate(-Math.PI / 2);
      brush.fillText((matrix.columns[column]?.[1] || matrix.columns[column]?.[0] || "").slice(0, 10), 0, 0);
      brush.restore();
    }
    brush.restore();
  };

  const tell = (): void => {
    if (!told) return;
    const value = cell(at[0], at[1]);
    const [row, column] = [matrix.rows[at[0]], matrix.columns[at[1]]];
    if (value === undefined || !row || !column) return;
    const fit = value & ~GIVEN;
    const words = fit === BARRED ? figure.dataset.barred : `${figure.dataset.fit} ${((fit * matrix.most) / 100).toFixed(2)}`;
    told.textContent = `${row[0]} ${row[1]} × ${column[1]} ${column[0]}: ${words}${value & GIVEN ? ` · ${figure.dataset.given}` : ""}`;
  };

  const go = (row: number, column: number): void => {
    at = [Math.max(0, Math.min(n - 1, row)), Math.max(0, Math.min(m - 1, column))];
    const side = size();
    const [x, y] = [at[1] * side, at[0] * side];
    if (y < view.scrollTop) view.scrollTop = y;
    if (y + side > view.scrollTop + view.clientHeight - TOP) view.scrollTop = y + side - view.clientHeight + TOP + 2;
    if (x < view.scrollLeft) view.scrollLeft = x;
    if (x + side > view.scrollLeft + view.clientWidth - HEAD) view.scrollLeft = x + side - view.clientWidth + HEAD + 2;
    draw();
    tell();
  };

  const resize = (by: number): void => {
    zoom = Math.max(0, Math.min(SIZES.length - 1, zoom + by));
    lay();
    go(at[0], at[1]);
  };

  const keys: Record<string, () => void> = {
    ArrowUp: () => go(at[0] - 1, at[1]),
    ArrowDown: () => go(at[0] + 1, at[1]),
    ArrowLeft: () => go(at[0], at[1] - 1),
    ArrowRight: () => go(at[0], at[1] + 1),
    PageUp: () => go(at[0] - 20, at[1]),
    PageDown: () => go(at[0] + 20, at[1]),
    Home: () => go(at[0], 0),
    End: () => go(at[0], m - 1),
    "+": () => resize(1),
    "=": () => resize(1),
    "-": () => resize(-1),
  };
  view.addEventListener("keydown", (event) => {
    const act = keys[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  });
  view.addEventListener("click", (event) => {
    const box = view.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left - HEAD, event.clientY - box.top - TOP];
    if (x >= 0 && y >= 0) go(Math.floor((y + view.scrollTop) / size()), Math.floor((x + view.scrollLeft) / size()));
  });
  figure.querySelectorAll<HTMLElement>("[data-zoom]").forEach((button) => button.addEventListener("click", () => resize(Number(button.dataset.zoom))));
  view.addEventListener("scroll", draw, { passive: true });
  new ResizeObserver(lay).observe(view);
  lay();
}
