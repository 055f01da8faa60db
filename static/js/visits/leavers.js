// Somebody whose consent was withdrawn cannot send any more: at the next contact nothing of theirs stays on the phone.
import { forgetPerson, keepers } from "./store.js";

const ASK = "/visits/phone/farewell";

// What the server says to somebody who has left; nothing where they have not, or it cannot be reached.
export async function farewell(person) {
  try {
    const answer = await fetch(`${ASK}?person=${encodeURIComponent(person)}`, { cache: "no-store", redirect: "error" });
    const told = answer.ok ? await answer.json() : {};
    return told.left === true ? told.words : null;
  } catch {
    return null;
  }
}

// On a page without anybody, or with somebody else: those of whom this phone still keeps something.
export async function forgetLeavers(present = "") {
  if (!("indexedDB" in window)) return;
  for (const person of await keepers()) {
    if (person && person !== present && (await farewell(person))) await forgetPerson(person);
  }
}
