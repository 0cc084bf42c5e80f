// The page that checks a certificate: first without a connection, then, with one, whether it is still valid.
import { check } from "./signed.js";

const KEPT = "xac-minh";
const page = document.getElementById("verify");
const published = JSON.parse(document.getElementById("keys").textContent);
let asked = 0;

addEventListener("hashchange", show);
document.getElementById("paste").addEventListener("submit", (event) => {
  event.preventDefault();
  const code = event.target.elements.code.value.trim().split("#").pop();
  if (location.hash === `#${code}`) show();
  else location.hash = code;
});
show();
keep();

/** Lays out what the code in the address is worth. */
function show() {
  const code = location.hash.slice(1);
  const found = code ? check(code, published) : { state: "none" };
  for (const part of page.querySelectorAll("[data-state]")) part.hidden = part.dataset.state !== found.state;
  asked += 1;
  if (found.state === "unknown-key") fill("key", found.key);
  if (found.state === "intact") lay(found.record);
  document.title = page.querySelector(`[data-state="${found.state}"] [data-title]`)?.textContent ?? document.title;
}

function lay(record) {
  for (const name of ["number", "year", "head", "household", "village", "commune", "decision"]) fill(name, record[name]);
  for (const part of page.querySelectorAll("[data-kind]")) part.hidden = part.dataset.kind !== record.kind;
  fill("decided-on", String(record.decidedOn).split("-").reverse().join("/"));
  page.querySelector("[data-synthetic]").hidden = record.synthetic !== 1;
  ask(record.number);
}

function fill(name, words) {
  for (const part of page.querySelectorAll(`[data-field="${name}"]`)) part.textContent = String(words);
}

/**
 * Whether the certificate is still valid, as the server says: {number, standing, since, words}, where standing is
 * "valid", "revoked", "superseded" or "unknown", since a date (YYYY-MM-DD) or null, words a sentence. Anything else,
 * or no answer, is told as "could not be asked", never as valid.
 */
async function ask(number) {
  const mine = asked;
  standing("asking");
  try {
    const answer = await fetch(`${page.dataset.ask}${encodeURIComponent(number)}/`, {
      headers: { Accept: "application/json" }, cache: "no-store", credentials: "omit",
    });
    const told = answer.ok ? await answer.json() : {};
    if (mine !== asked) return;
    const known = ["valid", "revoked", "superseded", "unknown"].includes(told.standing);
    if (!known || told.number !== number) return standing("not-asked");
    standing(told.standing);
    fill("since", told.since ? told.since.split("-").reverse().join("/") : "");
    fill("words", told.words ?? "");
  } catch {
    if (mine === asked) standing("not-asked");
  }
}

function standing(name) {
  fill("since", "");
  fill("words", "");
  for (const part of page.querySelectorAll("[data-standing]")) part.hidden = part.dataset.standing !== name;
}

/** Keeps the page with all it loaded, so that it opens again where there is no connection. */
async function keep() {
  if (!("serviceWorker" in navigator) || !navigator.onLine) return;
  try {
    await navigator.serviceWorker.register(page.dataset.worker, { scope: page.dataset.ask });
    await document.fonts.ready;
    const loaded = performance.getEntriesByType("resource").filter((entry) => entry.initiatorType !== "fetch");
    const ours = loaded.map((entry) => entry.name.split("#")[0]).filter((name) => name.startsWith(location.origin));
    const parts = new Set([new URL(page.dataset.ask, location.href).href, ...ours]);
    const cache = await caches.open(KEPT);
    await cache.addAll([...parts]);
    for (const old of await cache.keys()) if (!parts.has(old.url)) await cache.delete(old);
    document.getElementById("kept").hidden = false;
  } catch {
    // Without a place to keep it, or offline after all, the page works as long as it stays open.
  }
}
