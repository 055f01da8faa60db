// Signing out waits until everything of a visit is sent, and leaves nothing of it on a shared phone.
import { note } from "./notes.js";
import { sendAll } from "./visits/sending.js";
import { Store, keepers, open, wipe } from "./visits/store.js";

export function leaveNothing() {
  document.querySelectorAll("[data-sign-out]").forEach((form) =>
    form.addEventListener("submit", (event) => {
      const { person } = document.body.dataset;
      if (!person || !("indexedDB" in window)) return;
      event.preventDefault();
      leave(form, person).catch(() => form.submit());
    }),
  );
}

async function leave(form, person) {
  if ((await keepers()).includes(person)) {
    const left = await unsent(person);
    if (left.length) return stay(left);
    if (!(await reaches(form))) return say("You are not signed out: the portal cannot be reached.", "Find a place with reception, and sign out there.");
    document.dispatchEvent(new Event("visits:leaving")); // the page keeps nothing more from here on
    await wipe(person);
  }
  form.submit();
}

function stay(left) {
  const words = left.length === 1 ? "1 thing of a visit is" : `${left.length} things of a visit are`;
  const refused = left.find((one) => one.problem);
  const onward = refused
    ? "Not all of it was taken. Open the visit, and try again or throw it away."
    : "Find a place with reception. Then it is sent, and you can sign out.";
  const link = refused && { words: "Open the visit", href: `/visits/phone/${refused.visit}` };
  say(`You are not signed out: ${words} only on this phone.`, onward, link);
}

function say(what, onward, link = null) {
  const box = note(document.querySelector("main"), { kind: "conflict", sentences: [what, onward], link });
  box.scrollIntoView({ block: "nearest" });
}

// Without reception nobody is signed out, so nothing is deleted either.
const reaches = (form) =>
  fetch(document.body.dataset.signIn || form.action, { method: "HEAD", cache: "no-store", redirect: "manual" }).then(() => true, () => false);

async function unsent(person) {
  const db = await open(person);
  try {
    const store = new Store(db);
    if (!(await store.queue()).length) return [];
    return (await sendAll(store, person).catch(() => null)) || (await store.queue());
  } finally {
    db.close();
  }
}
