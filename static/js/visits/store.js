// What a phone keeps of visits, for one person: entries that are not sent yet, and what the server has.
import { deleteDB, openDB } from "idb";

export const OWNER = "visits:owner";
export const KEPT = "visits:kept:";
export const PAGES = "visit-pages";
export const ASSETS = "visit-assets";
const nameOf = (person) => `visits:${person}`;

export const owner = () => {
  try {
    return localStorage.getItem(OWNER) || "";
  } catch {
    return "";
  }
};

export function open(person) {
  return openDB(nameOf(person), 1, {
    upgrade(db) {
      db.createObjectStore("queue", { keyPath: "seq", autoIncrement: true });
      db.createObjectStore("known");
    },
    blocking: (_now, _wanted, event) => event.target.close(), // so that signing out can delete it
  });
}

const keyOf = (visit, place) => `${visit} ${place}`;

export class Store {
  constructor(db) {
    this.db = db;
  }

  queue() {
    return this.db.getAll("queue");
  }

  async pending(visit, place) {
    const items = (await this.queue()).filter((one) => one.visit === visit && one.place === place);
    return items.at(-1);
  }

  known(visit, place) {
    return this.db.get("known", keyOf(visit, place));
  }

  learn(visit, place, told) {
    return this.db.put("known", told, keyOf(visit, place));
  }

  // An entry that was never sent is replaced; one that may have arrived is followed by another.
  async write(visit, place, value, base) {
    const work = this.db.transaction("queue", "readwrite");
    const items = (await work.store.getAll()).filter((one) => one.visit === visit && one.place === place);
    const last = items.at(-1);
    const now = new Date().toISOString();
    if (last && !last.tried) await work.store.put({ ...last, value, problem: "", written_at: now });
    else await work.store.add({ id: crypto.randomUUID(), kind: "entry", visit, place, value, base, written_at: now, tried: false });
    await work.done;
  }

  addPhoto(visit, file, caption) {
    return this.db.add("queue", { id: crypto.randomUUID(), kind: "photo", visit, place: "photo", file, caption, tried: false });
  }

  put(item) {
    return this.db.put("queue", item);
  }

  remove(seq) {
    return this.db.delete("queue", seq);
  }

  // What was just taken is what the same person's next version of it stands on.
  async follow(visit, place, revision) {
    const work = this.db.transaction("queue", "readwrite");
    for (const item of await work.store.getAll()) {
      if (item.visit === visit && item.place === place) await work.store.put({ ...item, base: revision });
    }
    await work.done;
  }
}

// Nothing stays on a shared phone: no entry, no page, no worker.
export async function wipe(person) {
  await deleteDB(nameOf(person), { blocked: () => {} });
  await wipePages();
  Object.keys(localStorage)
    .filter((name) => name.startsWith("visits:"))
    .forEach((name) => localStorage.removeItem(name));
}

export async function wipePages() {
  await Promise.all([PAGES, ASSETS].map((name) => caches.delete(name)));
  const workers = (await navigator.serviceWorker?.getRegistrations()) || [];
  await Promise.all(workers.filter((one) => new URL(one.scope).pathname.startsWith("/visits/")).map((one) => one.unregister()));
}
