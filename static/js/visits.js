// The pages of a visit on a phone: what is written goes into the phone first, and to the server from there.
import { clockWords, note } from "./notes.js";
import { fillForm, isBlank, problemWith, readForm } from "./visits/fields.js";
import { askToLast, isFresh, keepPages, startWorker } from "./visits/keeping.js";
import { SignedOut, look, sendAll } from "./visits/sending.js";
import { OWNER, Store, open, owner, wipePages } from "./visits/store.js";

const PAUSE = 15_000;
const person = document.body.dataset.person;
const root = document.querySelector("[data-visit]");
const visit = root?.dataset.visit;
const line = root?.querySelector("[data-visit-state]");
const notes = root?.querySelector("[data-visit-notes]");

function say(words, state = "") {
  line.hidden = !words;
  line.dataset.state = state;
  if (line.textContent !== words) line.textContent = words;
}

const things = (number) => (number === 1 ? "1 thing is" : `${number} things are`);

class Phone {
  constructor(store) {
    this.store = store;
  }

  async start() {
    await this.showEntry();
    await this.showStates();
    this.catchForms();
    window.addEventListener("online", () => this.send());
    setInterval(async () => (await this.store.queue()).length && this.send(), PAUSE);
    await this.send();
    await this.keep();
  }

  // What this phone knows of the page's entry, where it knows better than the page.
  async showEntry() {
    const form = root.querySelector("[data-visit-entry]");
    if (!form || form.querySelector(".govuk-error-message")) return;
    const { place } = form.dataset;
    const pending = await this.store.pending(visit, place);
    const known = await this.store.known(visit, place);
    const shown = Number(form.elements._revision?.value || 0);
    if (pending) fillForm(form, pending.value);
    else if (known && known.revision > shown) fillForm(form, known.value);
  }

  async showStates() {
    for (const state of root.querySelectorAll("[data-place-state]")) {
      const place = state.dataset.placeState;
      const pending = await this.store.pending(visit, place);
      const known = await this.store.known(visit, place);
      const value = (pending || known)?.value;
      if (value) state.textContent = isBlank(value) ? "To do" : pending ? "On this phone" : "Done";
    }
    const unsent = root.querySelector("[data-visit-unsent]");
    if (unsent) unsent.hidden = !(await this.store.queue()).length;
  }

  catchForms() {
    const act = (form, work) =>
      form?.addEventListener("submit", (event) => {
        event.preventDefault();
        work(form).catch(() => form.submit()); // the phone cannot keep it: send it as it is
      });
    act(root.querySelector("[data-visit-entry]"), (form) => this.writeEntry(form));
    act(root.querySelector("[data-visit-photo]"), (form) => this.writePhoto(form));
    const unsent = root.querySelector("[data-visit-unsent]");
    if (unsent) act(unsent.parentElement.querySelector("form"), (form) => this.handIn(form));
  }

  async writeEntry(form) {
    const value = readForm(form);
    const problem = problemWith(value);
    if (problem) return void note(notes, { kind: "conflict", sentences: [problem] });
    const { place, onward } = form.dataset;
    const known = await this.store.known(visit, place);
    const base = Math.max(known?.revision || 0, Number(form.elements._revision?.value || 0)) || null;
    await this.store.write(visit, place, value, base);
    await Promise.race([this.send(), new Promise((done) => setTimeout(done, 1500))]);
    location.assign(onward);
  }

  async writePhoto(form) {
    const [file] = form.elements.file.files;
    if (!file) return void note(notes, { kind: "conflict", sentences: ["Choose a photograph."] });
    await this.store.addPhoto(visit, file, form.elements.caption.value);
    form.reset();
    const left = await this.send();
    if (left !== null && !left.some((one) => one.kind === "photo")) location.reload();
  }

  async handIn(form) {
    const left = await this.send();
    if (left === null || left.some((one) => one.visit === visit)) {
      const words = "Some of it is still only on this phone. Find a place with reception, then press again.";
      return void note(notes, { kind: "conflict", sentences: [words] });
    }
    form.submit();
  }

  // What is left on the phone afterwards; nothing known (null) where the server cannot be reached.
  async send() {
    try {
      const before = await this.store.queue();
      const left = before.length ? await sendAll(this.store, person) : before;
      if (!before.length && visit) await look(this.store, person, visit);
      this.tell(left, before.length);
      await this.showStates();
      return left;
    } catch (error) {
      const left = await this.store.queue();
      if (error instanceof SignedOut) this.askToSignIn(left.length);
      else this.tellOffline(left.length);
      return null;
    }
  }

  tell(left, before) {
    const problems = left.filter((one) => one.problem);
    if (problems.length) {
      const sentences = problems.map((one) => `Not taken: ${one.problem}`);
      note(notes, { kind: "conflict", sentences: [...sentences, "It stays on this phone. Open the page again and change it."] });
    }
    if (left.length) say(`${things(left.length)} only on this phone`, "unsaved");
    else if (before) say(`All sent, ${clockWords()}`, "saved");
  }

  tellOffline(number) {
    const words = number ? `No reception. ${things(number)} kept on this phone, and sent later.` : "No reception. What you write is kept on this phone.";
    say(words, "unsaved");
  }

  askToSignIn(number) {
    const here = encodeURIComponent(location.pathname);
    const link = { words: "Sign in again", href: `${document.body.dataset.signIn}?next=${here}` };
    const kept = number ? `${things(number)} kept on this phone.` : "";
    note(notes, { kind: "conflict", sentences: [`You have been signed out. ${kept}`], link });
    say("Not sent: you have been signed out", "unsaved");
  }

  async keep() {
    const addresses = root.dataset.keep;
    if (!addresses || !(await startWorker(root.dataset.worker, root.dataset.scope))) return;
    const lasts = await askToLast();
    if (!isFresh(visit)) {
      try {
        await keepPages(visit, JSON.parse(addresses));
      } catch {
        return void say("Not all of this visit is on this phone yet. Stay where there is reception.", "unsaved");
      }
    }
    say(line.dataset.state === "unsaved" ? line.textContent : "This visit is on this phone. You can lose reception now.", line.dataset.state || "saved");
    root.dataset.kept = "yes";
    if (!lasts) {
      const words = "This phone has not promised to keep it when it runs short of room. Find reception when you can, so that it is sent.";
      note(notes, { sentences: [words] });
    }
  }
}

async function begin() {
  if (!root || !person || !("indexedDB" in window)) return;
  if (owner() && owner() !== person) await wipePages(); // somebody else's pages; what they wrote stays theirs
  localStorage.setItem(OWNER, person);
  await new Phone(new Store(await open(person))).start();
}

begin().catch(() => {}); // without a store the forms work as they are
