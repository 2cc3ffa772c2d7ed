// Corrections on their way to this page's server, and what this browser remembers: the consent, and the ids to delete by.

const [IDS, CONSENT, OFF] = ["digits-corrections", "digits-consent", "digits-corrections-off"];
const MOST_IDS = 1000; // the oldest are forgotten
const PATIENCE_MS = 45_000;
const ADDRESS = new URL("../feedback", import.meta.url);
const NO_ANSWER = { code: "", said: "This page’s server does not answer. Try again in a moment." };
const here = new Map(); // where the browser keeps nothing, as long as the page lives

function kept(storage, key) {
  try {
    return JSON.parse(storage().getItem(key)) ?? here.get(key);
  } catch {
    return here.get(key);
  }
}

function keep(storage, key, value) {
  here.set(key, value);
  try {
    storage().setItem(key, JSON.stringify(value));
  } catch (error) {
    console.debug(error);
  }
  dispatchEvent(new Event("corrections"));
}

const browser = () => localStorage;
const tab = () => sessionStorage;

export const ids = () => kept(browser, IDS) ?? [];
export const agreed = () => kept(browser, CONSENT) === true;
export const agree = () => keep(browser, CONSENT, true);
/** Whether the service has said, in this tab, that it keeps no corrections. */
export const off = () => kept(tab, OFF) === true;

/** {id} where it was kept, else {code, said}. */
export async function send(picture, correction, box) {
  const address = new URL(ADDRESS);
  address.search = new URLSearchParams({ correction, consent: "yes", ...(box && { box: box.join(",") }) });
  const answer = await asked(address, "POST", picture);
  if (answer.id) keep(browser, IDS, [...ids(), answer.id].slice(-MOST_IDS));
  return answer;
}

/** {gone: true} where it is not kept any more, else {code, said}. */
export async function withdraw(id) {
  const answer = await asked(new URL(`feedback/${id}`, ADDRESS), "DELETE");
  if (answer.code === "no_correction") answer.gone = true;
  if (answer.gone) keep(browser, IDS, ids().filter((each) => each !== id));
  return answer;
}

/** Delete all, until one fails: how many are `gone`, and why no more, in `said`. The consent is asked for anew. */
export async function withdrawAll() {
  keep(browser, CONSENT, false);
  let gone = 0;
  for (const id of ids()) {
    const { said, gone: done } = await withdraw(id);
    if (!done) return { gone, said };
    gone += 1;
  }
  return { gone };
}

async function asked(address, method, body) {
  try {
    const headers = body ? { "Content-Type": "application/octet-stream" } : {};
    const response = await fetch(address, { method, body, headers, signal: AbortSignal.timeout(PATIENCE_MS) });
    if (response.status === 204) return { gone: true };
    const answer = await response.json();
    if (answer.code === "feedback_off" && method === "POST") keep(tab, OFF, true);
    return answer.id || answer.said ? answer : { ...NO_ANSWER };
  } catch (error) {
    console.debug(error);
    return { ...NO_ANSWER };
  }
}
