// Signing out waits until everything of a visit is sent, and leaves nothing of it on a shared phone.
import { note } from "./notes.js";
import { sendAll } from "./visits/sending.js";
import { Store, open, wipe } from "./visits/store.js";

export function leaveNothing() {
  document.querySelectorAll("[data-sign-out]").forEach((form) =>
    form.addEventListener("submit", (event) => {
      const { person } = document.body.dataset;
      if (!person || !("indexedDB" in window)) return;
      event.preventDefault();
      leave(form, person);
    }),
  );
}

async function leave(form, person) {
  const left = await unsent(person);
  if (left) {
    const words = left === 1 ? "1 thing of a visit is" : `${left} things of a visit are`;
    const place = document.querySelector("main");
    const box = note(place, {
      kind: "conflict",
      sentences: [`You are not signed out: ${words} only on this phone.`, "Find a place with reception. Then it is sent, and you can sign out."],
    });
    return box.scrollIntoView({ block: "nearest" });
  }
  await wipe(person);
  form.submit();
}

async function unsent(person) {
  const db = await open(person);
  try {
    const store = new Store(db);
    const waiting = await store.queue();
    if (!waiting.length) return 0;
    const left = await sendAll(store, person).catch(() => null);
    return (left || (await store.queue())).length;
  } finally {
    db.close();
  }
}
