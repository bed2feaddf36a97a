"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const words = JSON.parse(document.getElementById("words").textContent);
  const by = (id) => document.getElementById(id);
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, key) => values[key]);

  // Tables: a button in each heading sorts by what its cells carry.
  for (const table of document.querySelectorAll("table.sortable")) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => head.querySelector("button").addEventListener("click", () => {
      const up = head.getAttribute("aria-sort") !== "ascending";
      heads.forEach((each) => each.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      const numeric = head.classList.contains("n");
      const value = (row) => row.cells[column].dataset.value ?? row.cells[column].textContent.trim();
      const order = numeric ? (a, b) => Number(a) - Number(b) : (a, b) => a.localeCompare(b);
      const rows = [...table.tBodies[0].rows].map((row) => [value(row), row]);
      rows.sort((a, b) => (up ? 1 : -1) * order(a[0], b[0]));
      table.tBodies[0].append(...rows.map((each) => each[1]));
    }));
  }

  // Which accounts and controls are shown: one filter for the table and the map.
  const open = new Map();
  for (const found of data.findings) open.set(found[0], (open.get(found[0]) || 0) + 1);
  const texts = data.accounts.map((each) => each.slice(0, 4).join(" ").toLowerCase());
  const rows = new Map([...document.querySelectorAll("#accounts tbody tr")].map((row) => [row.dataset.id, row]));
  let accounts = [], controls = [];
  const filter = () => {
    const wanted = by("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    const failing = by("failing").checked, least = Number(by("severity").value);
    accounts = [];
    data.accounts.forEach((each, at) => {
      const fits = wanted.every((word) => texts[at].includes(word)) && (!failing || each[4].includes("f"));
      const row = rows.get(each[0]);
      if (row) row.hidden = !fits;
      if (fits) accounts.push(each);
    });
    controls = data.controls.map((each, at) => [...each, at]).filter((each) => each[2] >= least);
    by("shown").textContent = fill(words.shown, { shown: accounts.length, all: data.accounts.length });
    cursor = [0, 0];
    draw();
  };

  // The map: a canvas, because a hundred thousand cells are too many elements.
  const canvas = by("map"), pen = canvas.getContext("2d");
  const WIDE = 8, HIGH = 8;
  let cursor = [0, 0], marked = false;
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name);
  const draw = () => {
    const colours = { p: colour("--good"), f: colour("--bad"), u: colour("--doubt"), "-": colour("--none") };
    canvas.width = Math.max(1, controls.length * WIDE);
    canvas.height = Math.max(1, accounts.length * HIGH);
    for (const kind of Object.keys(colours)) {
      pen.fillStyle = colours[kind];
      accounts.forEach((account, y) => controls.forEach((control, x) => {
        if (account[4][control[3]] === kind) pen.fillRect(x * WIDE, y * HIGH, WIDE - 1, HIGH - 1);
      }));
    }
    if (marked && accounts.length && controls.length) {
      pen.strokeStyle = colour("--focus");
      pen.lineWidth = 2;
      pen.strokeRect(cursor[0] * WIDE - 1, cursor[1] * HIGH - 1, WIDE + 1, HIGH + 1);
    }
  };
  const kinds = { p: words.passed, f: words.failed, u: words.unknown, "-": words.no_data };
  const say = () => {
    const account = accounts[cursor[1]], control = controls[cursor[0]];
    by("at").textContent = account && control
      ? `${account[1]} (${account[0]}), ${control[0]} ${control[1]}: ${kinds[account[4][control[3]]]}` : "";
  };
  const move = (x, y) => {
    cursor = [Math.min(Math.max(x, 0), controls.length - 1), Math.min(Math.max(y, 0), accounts.length - 1)];
    say();
  };
  const cell = (event) => [Math.floor(event.offsetX / WIDE), Math.floor(event.offsetY / HIGH)];
  canvas.addEventListener("mousemove", (event) => move(...cell(event)));
  canvas.addEventListener("click", (event) => { move(...cell(event)); show(accounts[cursor[1]], controls[cursor[0]]); });
  canvas.addEventListener("focus", () => { marked = true; draw(); say(); });
  canvas.addEventListener("blur", () => { marked = false; draw(); });
  const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  canvas.addEventListener("keydown", (event) => {
    const step = steps[event.key];
    if (step) {
      move(cursor[0] + step[0], cursor[1] + step[1]);
      draw();
      canvas.parentElement.scrollTo({ left: cursor[0] * WIDE - 200, top: cursor[1] * HIGH - 200 });
    } else if (event.key === "Enter") show(accounts[cursor[1]], controls[cursor[0]]);
    else return;
    event.preventDefault();
  });

  // Findings of an account, or of one of its controls. Text only: nothing here is read as markup.
  const put = (parent, name, text) => {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    parent.append(made);
    return made;
  };
  const show = (account, control) => {
    if (!account) return;
    const place = by("found");
    place.replaceChildren();
    put(place, "h3", control ? `${account[1]}: ${control[0]}` : account[1]);
    const found = data.findings.filter((each) => each[0] === account[0] && (!control || each[1] === control[0]));
    if (!found.length) put(place, "p", "–");
    for (const [, id, severity, region, resource, since, finding, events] of found.slice(0, 200)) {
      const box = put(place, "details");
      put(box, "summary", `${id} · ${words.severities[severity]} · ${resource}`);
      const list = put(box, "ul");
      put(list, "li", `${words.region}: ${region}`);
      put(list, "li", `${since} UTC: ${words.found}`);
      for (const [at, what] of events) put(list, "li", `${at} UTC: ${what}`);
      const line = put(list, "li", `${words.who}: `);
      put(line, "code", `orchestrator investigate '${finding.replaceAll("'", "'\\''")}'`);
    }
    place.scrollIntoView({ block: "nearest" });
  };
  for (const button of document.querySelectorAll("#accounts button.account")) {
    button.addEventListener("click", () => {
      show(data.accounts.find((each) => each[0] === button.dataset.id));
      by("found").focus();
    });
  }

  let waiting = 0;
  by("search").addEventListener("input", () => {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(filter);
  });
  by("failing").addEventListener("change", filter);
  by("severity").addEventListener("change", filter);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  filter();
})();
