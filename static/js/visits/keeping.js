// The pages of a visit, kept on the phone while there is reception, for when there is none.
import { ASSETS, KEPT, PAGES } from "./store.js";

const FRESH = 5 * 60 * 1000;
const AT_ONCE = 4;
const PARTS = "link[rel=stylesheet][href], link[rel=icon][href], script[src], img[src]";

export async function startWorker(worker, scope) {
  if (!navigator.serviceWorker) return false;
  await navigator.serviceWorker.register(worker, { scope });
  await navigator.serviceWorker.ready;
  return true;
}

// When the pages of a visit were kept; 0 where they never were, or the phone has thrown them away.
export async function keptAt(visit) {
  const at = Number(localStorage.getItem(KEPT + visit) || 0);
  return at && (await caches.has(PAGES)) ? at : 0;
}

// What was kept shows how the visit stood before: it is kept anew when the next page opens.
export const outdate = (visit) => localStorage.setItem(KEPT + visit, "1");

export const isFresh = (at) => Date.now() - at < FRESH;

// A page is asked for as a person would; one that leads to signing in is not kept. `signal` ends it.
export async function keepPages(visit, addresses, signal) {
  const [pages, assets] = await Promise.all([caches.open(PAGES), caches.open(ASSETS)]);
  const [waiting, parts] = [[...addresses], new Set()];
  const work = async () => {
    for (let address = waiting.shift(); address; address = waiting.shift()) {
      const found = await keepPage(pages, address, signal);
      found.forEach((part) => parts.add(part));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  for (const part of parts) {
    if (part.startsWith("/") && !part.includes("/photos/") && !signal.aborted) await assets.add(part); // anew: it may have changed
  }
  if (!signal.aborted) localStorage.setItem(KEPT + visit, String(Date.now()));
}

async function keepPage(pages, address, signal) {
  const answer = await fetch(address, { signal, redirect: "error", headers: { "X-Requested-With": "visit-keep" } });
  if (!answer.ok) throw new Error(`answered ${answer.status}`);
  await pages.put(address, answer.clone());
  const shown = new DOMParser().parseFromString(await answer.text(), "text/html");
  return [...shown.querySelectorAll(PARTS)].map((one) => one.getAttribute("src") || one.getAttribute("href"));
}

// Asked once: may the phone throw it away when it is short of room?
export async function askToLast() {
  if (!navigator.storage?.persist) return false;
  return (await navigator.storage.persisted()) || navigator.storage.persist();
}
