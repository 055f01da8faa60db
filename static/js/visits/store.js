// What a phone keeps of visits, for one person: entries that are not sent yet, and what the server has.
import { deleteDB, openDB } from "idb";

export const OWNER = "visits:owner";
export const KEPT = "visits:kept:";
export const PAGES = "visit-pages";
export const ASSETS = "visit-assets";
const BASES = "visits:";
const nameOf = (person) => BASES + person;
const SURE = { durability: "strict" }; // on the phone's disk before we say so: a battery may be empty at once

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

// Whose visits this phone keeps anything of.
export async function keepers() {
  const bases = indexedDB.databases ? await indexedDB.databases() : [{ name: nameOf(owner()) }]; // an older browser
  return bases.map((one) => one.name).filter((name) => name?.startsWith(BASES)).map((name) => name.slice(BASES.length));
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

  // What stands on the server. `own` says that this person wrote it from this phone, so has seen it.
  async learn(visit, place, told) {
    const work = this.db.transaction("known", "readwrite");
    const before = await work.store.get(keyOf(visit, place));
    const own = before?.own && before.revision === told.revision;
    await work.store.put({ ...told, own }, keyOf(visit, place));
    await work.done;
  }

  // An entry that was never sent, or not taken, is replaced; one that may have arrived is followed by another.
  async write(visit, place, value, base) {
    const work = this.db.transaction("queue", "readwrite", SURE);
    const items = (await work.store.getAll()).filter((one) => one.visit === visit && one.place === place);
    const last = items.at(-1);
    const now = new Date().toISOString();
    const made = { id: crypto.randomUUID(), kind: "entry", visit, place, value, base, written_at: now, tried: false };
    if (last && !last.tried) await work.store.put({ ...last, value, written_at: now });
    else if (last?.problem) await work.store.put({ ...made, seq: last.seq, base: last.base });
    else await work.store.add(made);
    await work.done;
  }

  async addPhoto(visit, file, caption) {
    const work = this.db.transaction("queue", "readwrite", SURE);
    await work.store.add({ id: crypto.randomUUID(), kind: "photo", visit, place: "photo", file, caption, tried: false });
    await work.done;
  }

  // What goes out now, as it stands at this moment: it may have been changed since it was listed.
  async goingOut(items) {
    const out = [];
    await this.#each(items, (item) => !item.problem && out.push({ ...item, tried: true }) && out.at(-1));
    return out;
  }

  // The server did not take these, and says why. They stay until somebody changes them or lets them go.
  refuse(items, problem) {
    return this.#each(items, (item) => ({ ...item, tried: true, problem }));
  }

  retry(items) {
    return this.#each(items, (item) => ({ ...item, problem: "" }));
  }

  async drop(items) {
    const work = this.db.transaction("queue", "readwrite", SURE);
    await Promise.all(items.map((one) => work.store.delete(one.seq)));
    await work.done;
  }

  // An answer: the entry goes out of the queue, and the same person's next version stands on it. All or nothing.
  async answered(item, answer) {
    const work = this.db.transaction(["queue", "known"], "readwrite", SURE);
    const [queue, known] = [work.objectStore("queue"), work.objectStore("known")];
    const own = answer.status !== "aside";
    if (answer.revision !== null) {
      await known.put({ value: answer.value, revision: answer.revision, by: answer.by, own }, keyOf(item.visit, item.place));
    }
    await queue.delete(item.seq);
    for (const next of own ? await queue.getAll() : []) {
      if (next.visit === item.visit && next.place === item.place) await queue.put({ ...next, base: answer.revision });
    }
    await work.done;
  }

  async #each(items, change) {
    const work = this.db.transaction("queue", "readwrite", SURE);
    for (const { seq } of items) {
      const item = await work.store.get(seq);
      const changed = item && change(item);
      if (changed) await work.store.put(changed);
    }
    await work.done;
  }
}

// Nothing stays on a shared phone: no worker, no page, no entry. The worker goes first, since it could bring pages back.
export async function wipe(person) {
  await wipePages();
  await deleteDB(nameOf(person), { blocked: () => {} });
  forget("visits:");
}

// Somebody who left: their words go, and the pages if they were the last to keep any.
export const forgetPerson = (person) => (owner() === person ? wipe(person) : deleteDB(nameOf(person), { blocked: () => {} }));

// Pages that somebody else kept. What they wrote and is not sent yet stays theirs; the rest goes.
export async function takeOver(person) {
  if (owner() === person) return;
  await wipePages();
  for (const other of await keepers()) {
    if (other !== person) await forgetKnown(other);
  }
  localStorage.setItem(OWNER, person);
}

async function forgetKnown(person) {
  const db = await open(person);
  const waiting = await db.count("queue");
  if (waiting) await db.clear("known");
  db.close();
  if (!waiting) await deleteDB(nameOf(person), { blocked: () => {} });
}

async function wipePages() {
  const workers = (await navigator.serviceWorker?.getRegistrations()) || [];
  await Promise.all(workers.filter((one) => new URL(one.scope).pathname.startsWith("/visits/")).map((one) => one.unregister()));
  await Promise.all([PAGES, ASSETS].map((name) => caches.delete(name)));
  forget(KEPT);
}

function forget(prefix) {
  Object.keys(localStorage)
    .filter((name) => name.startsWith(prefix))
    .forEach((name) => localStorage.removeItem(name));
}
