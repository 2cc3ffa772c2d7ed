// The results: rows that the server rendered, in the order asked for, counted, copied and offered as files.

const list = document.querySelector(".readings");
const tools = document.querySelector(".tools");
const order = document.querySelector("#order select");
const files = new WeakMap();

export const rows = () => [...list.children];

// The picture of a row, for what is done with it later; undefined after a reload of the page.
export const fileOf = (row) => files.get(row);

// Shows a row at its place. A "reading" event at it says so, for whatever is added to answers.
export function add(row, file) {
  if (file) files.set(row, file);
  list.insertBefore(row, rows().find((other) => compare(row, other) < 0) ?? null);
  refresh();
  row.dispatchEvent(new CustomEvent("reading", { bubbles: true }));
}

export function clear() {
  list.replaceChildren();
  refresh();
}

// "four.png: 4", or "47 read, 2 unsure, 1 refused", as the server says it of what comes without a script.
export function summary(outcomes) {
  const all = rows();
  if (all.length === 1) return `${all[0].dataset.name}: ${all[0].dataset.short}`;
  const count = (outcome) => all.filter((row) => row.dataset.outcome === outcome).length;
  return outcomes.filter(count).map((outcome) => `${count(outcome)} ${outcome}`).join(", ");
}

export function refresh() {
  tools.hidden = list.children.length === 0;
  order.parentElement.hidden = list.children.length < 2;
}

function compare(one, other) {
  const [a, b] = [one.dataset, other.dataset];
  const byPlace = a.index - b.index;
  if (order.value === "rank") return a.rank - b.rank || byPlace;
  if (order.value === "short") return a.short.localeCompare(b.short, undefined, { numeric: true }) || byPlace;
  return byPlace;
}

order.addEventListener("change", () => list.append(...rows().sort(compare)));

const sent = () => rows().sort((a, b) => a.dataset.index - b.dataset.index);
const joined = (key, between = "") => sent().map((row) => row.dataset[key]).join(between);

// The links hold what the server put into them; here they get what is shown now.
function offer(id, type, content) {
  const link = document.getElementById(id);
  link.addEventListener("click", () => {
    const url = URL.createObjectURL(new Blob([content(link)], { type }));
    link.href = url;
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  });
  link.href = "#";
}
offer("csv", "text/csv", (link) => link.dataset.head + joined("csv"));
offer("json", "application/json", () => `[${joined("json", ",\n")}]`);

export async function copy() {
  const text = joined("tsv");
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea"); // without TLS a page has no clipboard but this
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}
