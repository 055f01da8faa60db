// The pages of a visit, kept on the phone while there is reception, for when there is none.
import { ASSETS, KEPT, PAGES } from "./store.js";

const FRESH = 5 * 60 * 1000;
const PARTS = "link[rel=stylesheet][href], link[rel=icon][href], script[src], img[src]";

export async function startWorker(worker, scope) {
  if (!navigator.serviceWorker) return false;
  await navigator.serviceWorker.register(worker, { scope });
  await navigator.serviceWorker.ready;
  return true;
}

export function isFresh(visit) {
  const at = Number(localStorage.getItem(KEPT + visit) || 0);
  return Date.now() - at < FRESH;
}

// A page is asked for as a person would; one that leads to signing in is not kept.
export async function keepPages(visit, addresses) {
  const [pages, assets] = await Promise.all([caches.open(PAGES), caches.open(ASSETS)]);
  const parts = new Set();
  for (const address of addresses) {
    const answer = await fetch(address, { redirect: "error", headers: { "X-Requested-With": "visit-keep" } });
    if (!answer.ok) throw new Error(`answered ${answer.status}`);
    await pages.put(address, answer.clone());
    const shown = new DOMParser().parseFromString(await answer.text(), "text/html");
    shown.querySelectorAll(PARTS).forEach((one) => parts.add(one.getAttribute("src") || one.getAttribute("href")));
  }
  for (const part of parts) {
    if (part.startsWith("/") && !part.includes("/photos/") && !(await assets.match(part))) await assets.add(part);
  }
  localStorage.setItem(KEPT + visit, String(Date.now()));
}

// Asked once: may the phone throw it away when it is short of room?
export async function askToLast() {
  if (!navigator.storage?.persist) return false;
  return (await navigator.storage.persisted()) || navigator.storage.persist();
}
