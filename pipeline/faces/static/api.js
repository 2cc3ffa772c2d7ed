// The service's own page: the form answers on the page; without scripts the browser shows what is sent.

const form = document.getElementById("try");
const answer = document.getElementById("answer");
const [seen, text] = [answer.querySelector("img"), answer.querySelector("pre")];
const LONGEST = 60; // characters of what is no sentence

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const address = event.submitter?.formAction ?? form.action;
  let found;
  try {
    found = await (await fetch(address, { method: "POST", body: new FormData(form) })).json();
  } catch {
    found = { error: { code: "service_down", message: "The service does not answer. Try again when it is back." } };
  }
  answer.hidden = false;
  seen.hidden = !found.seen?.startsWith("data:image/png;base64,");
  if (!seen.hidden) seen.src = found.seen;
  const lines = JSON.stringify(found, shortened, 1);
  text.textContent = lines.replace(/\[[^[\]{}"]*\]/g, (numbers) => numbers.replace(/\s+/g, " "));
});

// A click that leads to what is folded opens it.
document.addEventListener("click", ({ target }) => {
  const to = target.closest?.("a[href^='#']")?.hash.slice(1);
  const details = to && document.getElementById(to);
  if (details) details.open = true;
});

function shortened(_, value) {
  if (typeof value === "string" && value.length > LONGEST && !value.includes(" ")) return `${value.slice(0, LONGEST)}…`;
  return value;
}
