"use strict";
(() => {
  const words = JSON.parse(document.getElementById("ui-words").textContent);
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, key) => values[key]);

  // A button in each heading sorts by what the cells carry, or by what they say.
  for (const table of document.querySelectorAll("table.sortable")) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => head.querySelector("button")?.addEventListener("click", () => {
      const number = head.classList.contains("n"), was = head.getAttribute("aria-sort");
      const up = was ? was !== "ascending" : !number;
      heads.forEach((each) => each.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      const value = (row) => row.cells[column].dataset.value ?? row.cells[column].textContent.trim();
      const order = number ? (a, b) => Number(a) - Number(b) : (a, b) => a.localeCompare(b);
      const rows = [...table.tBodies[0].rows].map((row) => [value(row), row]);
      rows.sort((a, b) => (up ? 1 : -1) * order(a[0], b[0]));
      table.tBodies[0].append(...rows.map((each) => each[1]));
    }));
  }

  // A bar of filters hides the rows that do not have every word and every chosen value.
  for (const bar of document.querySelectorAll("[data-filters]")) {
    const body = document.getElementById(bar.dataset.filters).tBodies[0];
    const rows = [...body.rows], texts = rows.map((row) => row.textContent.toLowerCase());
    const search = bar.querySelector("input[type=search]"), status = bar.querySelector("[role=status]");
    const chips = [...document.querySelectorAll(`[data-chips="${bar.dataset.filters}"] .chip`)];
    const selects = [...bar.querySelectorAll("select[data-key]")];
    const apply = () => {
      const wanted = search.value.toLowerCase().split(/\s+/).filter(Boolean), chosen = new Map();
      for (const each of selects) if (each.value) chosen.set(each.dataset.key, new Set([each.value]));
      for (const each of chips) {
        if (each.getAttribute("aria-pressed") !== "true") continue;
        if (!chosen.has(each.dataset.key)) chosen.set(each.dataset.key, new Set());
        chosen.get(each.dataset.key).add(each.dataset.value);
      }
      let shown = 0;
      rows.forEach((row, at) => {
        const fits = wanted.every((word) => texts[at].includes(word))
          && [...chosen].every(([key, values]) => values.has(row.dataset[key]));
        row.hidden = !fits;
        shown += fits ? 1 : 0;
      });
      status.textContent = shown || !rows.length ? fill(words.shown, { shown, all: rows.length }) : words.no_match;
    };
    let waiting = 0;
    search.addEventListener("input", () => { cancelAnimationFrame(waiting); waiting = requestAnimationFrame(apply); });
    for (const each of selects) each.addEventListener("change", apply);
    for (const each of chips) each.addEventListener("click", () => {
      each.setAttribute("aria-pressed", String(each.getAttribute("aria-pressed") !== "true"));
      apply();
    });
    apply();
  }

  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("[data-copy]");
    if (!button) return;
    const text = button.previousElementSibling;
    try {
      await navigator.clipboard.writeText(text.textContent);
    } catch {
      getSelection().selectAllChildren(text);
      document.execCommand("copy");
    }
    button.textContent = words.copied;
    setTimeout(() => { button.textContent = words.copy; }, 1500);
  });
})();
