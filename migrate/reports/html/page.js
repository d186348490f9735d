
"use strict";
// Filters, sorting, keys and the colour switch. The report itself is HTML and needs none of this.
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const one = (id) => document.getElementById(id);
  const root = document.documentElement;
  root.classList.add("on");

  // What a browser keeps for this page; where it keeps nothing, nothing is lost but that.
  const store = {
    get(name) { try { return localStorage.getItem(name); } catch { return null; } },
    set(name, value) { try { localStorage.setItem(name, value); } catch { /* not kept */ } },
  };

  // ---- colours
  const theme = one("theme");
  const paint = (value) => {
    if (value === "light" || value === "dark") root.dataset.theme = value; else delete root.dataset.theme;
    if (theme) theme.value = root.dataset.theme || "";
  };
  const choose = (value) => { paint(value); store.set("aws-sso-migrate theme", value); };
  const isDark = () => getComputedStyle(root).colorScheme === "dark";
  paint(store.get("aws-sso-migrate theme"));
  if (theme) theme.addEventListener("change", () => choose(theme.value));

  // ---- what there is to filter
  const numbers = (value) => (value ? value.split(" ") : []);
  const items = all(".item").map((el) => ({
    el, isChange: el.classList.contains("change"), group: el.closest(".group"), text: null,
    r: numbers(el.dataset.r), c: numbers(el.dataset.c), p: numbers(el.dataset.p), l: numbers(el.dataset.l),
  }));
  const rows = all("tr.repo").map((el) => ({ el, r: el.dataset.r, s: el.dataset.s, text: el.textContent.toLowerCase() }));
  const stateOf = new Map(rows.map((row) => [row.r, row.s]));
  const groups = all(".group").map((el) => ({ el, count: el.querySelector(".count"), total: 0, shown: 0 }));
  const groupOf = new Map(groups.map((group) => [group.el, group]));
  for (const item of items) if (item.group) groupOf.get(item.group).total += 1;
  const form = document.querySelector(".filters");
  const search = one("search"), unreviewed = one("unreviewed"), shown = one("shown");
  const selects = all("select[data-facet]");
  const textOf = (item) => {
    item.text ??= `${item.el.textContent} ${item.group ? item.group.id : ""}`.toLowerCase();
    return item.text;
  };
  const share = (n, total) => (n === total ? total.toLocaleString("en") : `${n.toLocaleString("en")} of ${total.toLocaleString("en")}`);

  // ---- reviewed
  const place = `aws-sso-migrate reviewed ${document.title} ${(document.querySelector("header time") || {}).dateTime || ""}`;
  const reviewed = new Set((store.get(place) || "").split(" ").filter(Boolean));
  const setReviewed = (el, on) => {
    if (on) reviewed.add(el.id); else reviewed.delete(el.id);
    store.set(place, [...reviewed].join(" "));
    el.querySelector(".reviewed input").checked = on;
    el.querySelector("details").open = !on;
    tell();
  };
  for (const { el, isChange } of items) {
    if (!isChange) continue;
    const label = document.createElement("label");
    label.className = "reviewed";
    const box = document.createElement("input");
    box.type = "checkbox";
    box.checked = reviewed.has(el.id);
    label.append(box, "Reviewed");
    el.append(label);
    if (box.checked) el.querySelector("details").open = false;
    box.addEventListener("change", () => setReviewed(el, box.checked));
  }

  // ---- filters
  const tell = () => {
    if (!shown) return;
    const parts = [];
    for (const [section, thing, those] of [
      ["changes", "change", items.filter((item) => item.isChange)], ["findings", "finding", items.filter((item) => !item.isChange)],
      ["repositories", "repositorie", rows],
    ]) {
      if (!those.length) continue;
      const part = share(those.filter(({ el }) => !el.hidden).length, those.length);
      document.querySelector(`#${section} h2 .count`).textContent = part;
      parts.push(`${part} ${those.length === 1 ? thing.replace(/ie$/, "y") : `${thing}s`}`);
    }
    if (reviewed.size) parts.push(`${reviewed.size.toLocaleString("en")} reviewed`);
    shown.textContent = parts.join(" · ");
  };
  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = selects.filter((select) => select.value !== "").map((select) => [select.dataset.facet, select.value]);
    for (const select of selects) select.classList.toggle("set", select.value !== "");
    const has = (item) => wanted.every(([facet, value]) => facet === "s" ? item.r.some((r) => stateOf.get(r) === value) : item[facet].includes(value));
    const within = new Set();
    let findings = 0;
    for (const group of groups) group.shown = 0;
    for (const item of items) {
      const show = has(item) && !(unreviewed.checked && item.isChange && reviewed.has(item.el.id)) && words.every((word) => textOf(item).includes(word));
      if (item.el.hidden === show) item.el.hidden = !show;
      if (!show) continue;
      for (const r of item.r) within.add(r);
      if (item.group) { groupOf.get(item.group).shown += 1; findings += 1; }
    }
    const active = words.length > 0 || wanted.length > 0;
    for (const group of groups) {
      group.el.hidden = group.shown === 0;
      group.count.textContent = share(group.shown, group.total);
      if (active && findings <= 100 && group.shown) group.el.open = true;
    }
    const value = (facet) => (wanted.find(([name]) => name === facet) || [])[1];
    const deep = wanted.some(([facet]) => "cpl".includes(facet));
    for (const row of rows) {
      const show = [undefined, row.r].includes(value("r")) && [undefined, row.s].includes(value("s"))
        && ((!deep && words.every((word) => row.text.includes(word))) || ((deep || words.length > 0) && within.has(row.r)));
      if (row.el.hidden === show) row.el.hidden = !show;
      if (!show) fold(row.el);
    }
    tell();
  };
  const clear = () => {
    search.value = "";
    unreviewed.checked = false;
    for (const select of selects) select.value = "";
    filter();
  };

  // ---- a repository's row unfolds to what was found there
  const MOST = 200;
  const fold = (row) => {
    const next = row.nextElementSibling;
    if (next && next.classList.contains("detail")) next.remove();
    row.querySelector(".more").setAttribute("aria-expanded", "false");
  };
  const unfold = (row) => {
    const mine = items.filter((item) => item.r.includes(row.dataset.r) && row.dataset.r !== undefined);
    const cell = document.createElement("td");
    cell.colSpan = row.children.length;
    cell.setAttribute("role", "cell");
    const why = row.querySelector(".why");
    const say = (text) => { const p = document.createElement("p"); p.textContent = text; cell.append(p); };
    if (why && why.textContent) say(why.textContent);
    if (!mine.length) say("No changes, no findings.");
    let list = null;
    for (const item of mine.slice(0, MOST)) {
      const copy = item.el.cloneNode(true);
      for (const el of [copy, ...all("[id]", copy)]) el.removeAttribute("id");
      copy.classList.remove("item");
      copy.hidden = false;
      all(".reviewed", copy).forEach((el) => el.remove());
      if (item.isChange) { cell.append(copy); list = null; continue; }
      const code = document.createElement("strong");
      code.textContent = `${item.group.id} `;
      copy.prepend(code);
      if (!list) { list = document.createElement("ol"); list.className = "rows"; cell.append(list); }
      list.append(copy);
    }
    if (mine.length > MOST) say(`… and ${(mine.length - MOST).toLocaleString("en")} more: choose the repository in the filter.`);
    const line = document.createElement("tr");
    line.className = "detail";
    line.setAttribute("role", "row");
    line.append(cell);
    row.after(line);
    row.querySelector(".more").setAttribute("aria-expanded", "true");
  };
  for (const name of all("tr.repo .name")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "more";
    button.textContent = name.textContent;
    button.setAttribute("aria-expanded", "false");
    name.replaceWith(button);
  }

  // ---- folded lines: they stand in one cell until somebody wants to see them
  const number = (body) => {
    const lines = body.textContent.split("\n");
    body.replaceChildren(...lines.map((line, n) => {
      const tr = document.createElement("tr");
      for (const text of [Number(body.dataset.old) + n, line, Number(body.dataset.new) + n, line]) {
        tr.append(Object.assign(document.createElement("td"), { textContent: text }));
      }
      return tr;
    }));
    delete body.dataset.old;
  };

  // ---- sortable tables
  const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
  const sort = (th) => {
    const table = th.closest("table"), body = table.tBodies[0], column = th.cellIndex, numeric = th.classList.contains("num");
    const up = th.hasAttribute("aria-sort") ? th.getAttribute("aria-sort") === "descending" : !numeric;
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    th.setAttribute("aria-sort", up ? "ascending" : "descending");
    all(".detail", body).forEach((line) => fold(line.previousElementSibling));
    const key = (row) => { const text = row.cells[column].textContent; return numeric ? Number(text.replace(/,/g, "") || -1) : text; };
    body.remove(); // each move within the page would cost a look at its style
    const keyed = [...body.rows].map((row) => [key(row), row]);
    keyed.sort(([a], [b]) => (numeric ? a - b : collator.compare(a, b)) * (up ? 1 : -1));
    body.append(...keyed.map(([, row]) => row));
    table.append(body);
  };
  for (const th of all(".sortable thead th")) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...th.childNodes);
    th.append(button);
  }

  document.addEventListener("click", (event) => {
    const target = event.target.closest("button, a");
    if (!target) return;
    if (target.matches(".sortable thead button")) sort(target.closest("th"));
    else if (target.matches(".more")) {
      const row = target.closest("tr");
      if (target.getAttribute("aria-expanded") === "true") fold(row); else unfold(row);
    } else if (target.matches(".unfold")) {
      const body = target.closest("tbody").nextElementSibling;
      if (body.dataset.old) number(body);
      const open = body.classList.toggle("open");
      target.setAttribute("aria-expanded", String(open));
      target.textContent = target.textContent.replace(/^(Show|Hide)/, open ? "Hide" : "Show");
    } else if (target.id === "help-button") one("help").showModal();
    else if (target.matches("a[href^='#change-']")) {
      event.preventDefault();
      const change = one(target.hash.slice(1));
      if (change.hidden) clear();
      change.querySelector("details").open = true;
      go(change);
    }
  });

  // ---- keys
  const go = (el) => {
    el.focus({ preventScroll: true });
    const near = el.matches(".finding") ? "nearest" : "start";
    el.scrollIntoView({ block: near });
    requestAnimationFrame(() => el.scrollIntoView({ block: near })); // what came into view has its true height now
  };
  const current = () => document.activeElement && document.activeElement.closest(".item");
  const step = (by) => {
    const here = current();
    const seen = ({ el, group }) => !el.hidden && (!group || group.open);
    let list = items.filter((item) => seen(item) && (item.isChange || (here && !here.matches(".change")))).map((item) => item.el);
    if (!list.length) {
      const first = groups.find((group) => !group.el.hidden);
      if (first) first.el.open = true;
      list = items.filter(seen).map((item) => item.el);
    }
    if (!list.length) return;
    if (here) { go(list[Math.min(list.length - 1, Math.max(0, list.indexOf(here) + by))]); return; }
    const top = form ? form.getBoundingClientRect().bottom : 0;
    const below = list.findIndex((el) => el.getBoundingClientRect().top >= top - 1);
    go(list[by > 0 ? (below < 0 ? list.length - 1 : below) : Math.max(0, (below < 0 ? list.length : below) - 1)]);
  };
  const keys = {
    j: () => step(1), k: () => step(-1),
    ArrowDown: () => (current() === document.activeElement ? step(1) : false), ArrowUp: () => (current() === document.activeElement ? step(-1) : false),
    "/": () => search ? search.select() || search.focus() : false,
    "?": () => (one("help") ? one("help").showModal() : false),
    t: () => choose(isDark() ? "light" : "dark"),
    v: () => { const el = current(); if (!el || !el.matches(".change")) return false; setReviewed(el, !reviewed.has(el.id)); return true; },
    Escape: () => (form ? clear() : false),
    Enter: () => {
      const el = current();
      if (!el || el !== document.activeElement) return false;
      const inner = el.querySelector("details, a");
      if (!inner) return false;
      if (inner.matches("details")) inner.open = !inner.open; else inner.click();
      return true;
    },
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || (one("help") || {}).open) return;
    if (event.target.matches("select, textarea, input:not([type='checkbox'])")) {
      if (event.key === "Escape") { event.preventDefault(); event.target.blur(); }
      return;
    }
    if (Object.hasOwn(keys, event.key) && keys[event.key]() !== false) event.preventDefault();
  });

  if (form) {
    let due = 0;
    form.addEventListener("input", () => { cancelAnimationFrame(due); due = requestAnimationFrame(filter); });
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", (event) => { event.preventDefault(); clear(); });
    const measure = () => root.style.setProperty("--bar", getComputedStyle(form).position === "sticky" ? `${form.offsetHeight}px` : "0px");
    new ResizeObserver(measure).observe(form);
    if (!items.some((item) => item.isChange)) unreviewed.closest("label").hidden = true;
    filter(); // a browser that goes back to the page has kept what was chosen
  }
  if (location.hash.startsWith("#change-") && one(location.hash.slice(1))) go(one(location.hash.slice(1)));
  let closed = [];
  addEventListener("beforeprint", () => { closed = all("details:not([open])"); for (const el of closed) el.open = true; });
  addEventListener("afterprint", () => { for (const el of closed) el.open = false; });
})();
