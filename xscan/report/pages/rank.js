(() => {
"use strict";
const body = document.querySelector("tbody"), rows = [...body.rows], search = document.querySelector("input");
const tools = document.querySelector(".tools"), count = document.querySelector("output"), nothing = document.querySelector(".nothing");
const verdicts = [...document.querySelectorAll("[data-verdict]")], heads = [...document.querySelectorAll("[data-sort]")];
const plain = (text) => text.normalize("NFKC").toLowerCase();
const words = new Map(rows.map((r) => [r, plain(r.dataset.words)]));
const GRAVE = {detain: 0, inspect: 1, clear: 2};
const keys = {
  place: (r) => +r.cells[0].textContent, parcel: (r) => r.cells[2].querySelector("bdi").textContent.toLowerCase(),
  decision: (r) => GRAVE[r.className], risk: (r) => -r.dataset.risk, mass: (r) => r.dataset.mass === "" ? Infinity : -r.dataset.mass,
};

function filter() {
  const wanted = plain(search.value).split(/\s+/).filter(Boolean);
  const shown = new Set(verdicts.filter((b) => b.getAttribute("aria-pressed") === "true").map((b) => b.dataset.verdict));
  let left = 0;
  for (const r of rows) {
    r.hidden = !shown.has(r.className) || !wanted.every((w) => words.get(r).includes(w));
    if (!r.hidden) left++;
  }
  count.textContent = `${left} / ${rows.length}`;
  nothing.hidden = left > 0;
}
function sort(name, turned) {
  const key = keys[name], sign = turned ? -1 : 1;
  const compare = (a, b) => typeof a === "string" ? a.localeCompare(b) : a === b ? 0 : a < b ? -1 : 1;
  rows.sort((a, b) => sign * compare(key(a), key(b)) || keys.place(a) - keys.place(b));
  body.append(...rows);
  heads.forEach((h) => h.parentElement.setAttribute("aria-sort", h.dataset.sort === name ? (turned ? "descending" : "ascending") : "none"));
}
search.addEventListener("input", filter);
verdicts.forEach((b) => b.addEventListener("click", () => {
  b.setAttribute("aria-pressed", b.getAttribute("aria-pressed") !== "true");
  filter();
}));
heads.forEach((h) => h.addEventListener("click", () => sort(h.dataset.sort, h.parentElement.getAttribute("aria-sort") === "ascending")));
document.addEventListener("keydown", (e) => {
  if (e.ctrlKey || e.metaKey || e.altKey) return;
  const typing = document.activeElement === search;
  if (e.key === "/" && !typing) { search.focus(); e.preventDefault(); }
  else if (e.key === "Escape") { search.value = ""; filter(); search.blur(); }
  else if (e.key === "ArrowDown" || e.key === "ArrowUp") {
    const links = rows.filter((r) => !r.hidden).map((r) => r.querySelector("a")).filter(Boolean);
    const at = links.indexOf(document.activeElement), next = links[Math.max(0, at + (e.key === "ArrowDown" ? 1 : -1))];
    if (next) { next.focus(); e.preventDefault(); }
  }
});
tools.hidden = false;
filter();
document.body.dataset.ready = "yes";
})();
