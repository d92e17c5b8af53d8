// Cells learn their column's name, so that a table can become cards on a phone.
import { activate, each, say } from "./lib";

each("table[data-table]", (table) => {
  const heads = [...table.querySelectorAll<HTMLTableCellElement>("thead th")].map((head) => head.textContent?.trim() ?? "");
  for (const row of table.querySelectorAll<HTMLTableRowElement>("tbody tr")) {
    [...row.cells].forEach((cell, n) => {
      if (cell.dataset.label === undefined) cell.dataset.label = heads[n] ?? "";
    });
  }
});

// A frame is reached by keyboard only when it can be scrolled.
each(".table-frame", (frame) => {
  const refresh = (): void => {
    if (frame.scrollWidth > frame.clientWidth + 1) frame.tabIndex = 0;
    else frame.removeAttribute("tabindex");
  };
  refresh();
  addEventListener("resize", refresh);
});

// Columns that a person does not need can be hidden; the choice is remembered on this device.
each("table[data-choose]", (element) => {
  const table = element as HTMLTableElement;
  const memory = `judging:columns:${table.dataset.choose}`;
  const hidden = new Set<string>(recall(memory));
  const heads = [...table.querySelectorAll<HTMLTableCellElement>("thead th")];
  const menu = document.createElement("details");
  menu.className = "menu columns-menu no-print";
  menu.dataset.menu = "";
  const title = document.createElement("summary");
  title.className = "btn btn-quiet";
  title.textContent = say("columns");
  const sheet = document.createElement("div");
  sheet.className = "menu-sheet";
  menu.append(title, sheet);
  const apply = (): void => {
    heads.forEach((head, n) => {
      const gone = hidden.has(head.textContent?.trim() ?? "");
      for (const row of table.rows) if (row.cells[n]) row.cells[n]!.hidden = gone;
    });
  };
  for (const head of heads) {
    const name = head.textContent?.trim() ?? "";
    // The heading of a row, the ticks and the buttons always stay.
    if (!name || head.matches(".narrow") || table.tBodies[0]?.rows[0]?.cells[heads.indexOf(head)]?.tagName === "TH") continue;
    const label = document.createElement("label");
    label.className = "menu-item";
    const box = document.createElement("input");
    box.type = "checkbox";
    box.className = "form-check-input";
    box.checked = !hidden.has(name);
    box.addEventListener("change", () => {
      if (box.checked) hidden.delete(name);
      else hidden.add(name);
      keep(memory, [...hidden]);
      apply();
    });
    const text = document.createElement("span");
    text.textContent = name;
    label.append(box, text);
    sheet.append(label);
  }
  table.closest(".table-frame")?.before(menu);
  activate(menu);
  apply();
});

function recall(memory: string): string[] {
  try {
    return JSON.parse(localStorage.getItem(memory) ?? "[]") as string[];
  } catch {
    return [];
  }
}

function keep(memory: string, names: string[]): void {
  try {
    localStorage.setItem(memory, JSON.stringify(names));
  } catch {
    // Without storage the choice holds for this page only.
  }
}
