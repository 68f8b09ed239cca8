"use strict";
(() => {
  const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
  const tables = Array.from(document.querySelectorAll("table"));

  // What a cell is sorted by; null comes last, whichever way a column is sorted.
  const keyOf = (kind, cell) => {
    if (cell.classList.contains("empty")) return null;
    const text = cell.textContent;
    if (kind !== "number") return text;
    const number = Number(text);
    return Number.isNaN(number) ? null : number;
  };

  const sort = (table, column) => {
    const heads = Array.from(table.tHead.rows[0].cells);
    const head = heads[column];
    const down = head.getAttribute("aria-sort") === "ascending";
    const kind = head.dataset.kind;
    const compare = kind === "text" || kind === "counts" ? collator.compare : (a, b) => (a < b ? -1 : a > b ? 1 : 0);
    const body = table.tBodies[0];
    const rows = Array.from(body.rows, (row) => ({ row, key: keyOf(kind, row.cells[column]) }));
    rows.sort((a, b) => {
      if (a.key === null || b.key === null) return (a.key === null) - (b.key === null);
      return down ? compare(b.key, a.key) : compare(a.key, b.key);
    });
    const sorted = document.createDocumentFragment();
    for (const { row } of rows) sorted.append(row);
    body.append(sorted);
    for (const other of heads) other.setAttribute("aria-sort", "none");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
  };

  for (const table of tables) {
    Array.from(table.tHead.rows[0].cells).forEach((head, column) => {
      head.querySelector("button").addEventListener("click", () => sort(table, column));
    });
  }

  const search = document.querySelector(".search");
  const input = search.querySelector("input");
  const found = search.querySelector("output");
  let texts = null; // of every row, found out at the first search

  const filter = () => {
    texts ??= tables.flatMap((table) =>
      Array.from(table.tBodies[0].rows, (row) => [row, Array.from(row.cells, (cell) => cell.textContent).join(" ").toLowerCase()]));
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const [row, text] of texts) {
      row.hidden = !words.every((word) => text.includes(word));
      if (!row.hidden) shown++;
    }
    found.textContent = words.length === 0 ? "" : shown + " of " + texts.length + " rows";
  };

  let waiting = 0;
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(filter, 150);
  });
  search.addEventListener("submit", (event) => event.preventDefault());
  if (tables.length > 0) search.hidden = false;
})();
