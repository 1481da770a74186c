// Sorts and filters the table of clients. Without a script the table still shows all rows, and the rows in which clients differ come first.
(() => {
  const table = document.querySelector("table.matrix");
  if (!table) return;
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];

  function key(row, column) {
    const { sort } = row.cells[column].dataset;
    return /^-?\d+$/.test(sort) ? Number(sort) : sort;
  }

  function sort(column) {
    const isAscending = heads[column].getAttribute("aria-sort") !== "ascending";
    heads.forEach((head) => head.setAttribute("aria-sort", "none"));
    heads[column].setAttribute("aria-sort", isAscending ? "ascending" : "descending");
    const sign = isAscending ? 1 : -1;
    const rows = [...body.rows];
    rows.sort((a, b) => {
      const [x, y] = [key(a, column), key(b, column)];
      return x < y ? -sign : x > y ? sign : 0;
    });
    body.append(...rows);
  }

  heads.forEach((head, column) => head.querySelector("button").addEventListener("click", () => sort(column)));

  const tools = document.querySelector(".matrix-tools");
  const [search, only] = tools.querySelectorAll("input");
  const count = tools.querySelector("output");
  function filter() {
    const words = search.value.toLowerCase();
    let shown = 0;
    for (const row of body.rows) {
      const isShown = row.textContent.toLowerCase().includes(words) && !(only.checked && row.dataset.differs === "0");
      row.hidden = !isShown;
      shown += isShown ? 1 : 0;
    }
    count.value = `${shown} cases`;
  }
  search.addEventListener("input", filter);
  only.addEventListener("change", filter);
  tools.hidden = false;
  filter();
})();
