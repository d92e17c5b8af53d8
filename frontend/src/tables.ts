// Cells learn their column's name, so that a table can become cards on a phone.
import { each } from "./lib";

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
