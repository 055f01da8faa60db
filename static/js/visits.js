// The pages of a visit on a phone: what is written goes into the phone first, and to the server from there.
import { button, clearNote, clockWords, note } from "./notes.js";
import { fillForm, isBlank, isComplete, isPicture, problemWith, readForm } from "./visits/fields.js";
import { askToLast, isFresh, keepPages, keptAt, outdate, startWorker } from "./visits/keeping.js";
import { farewell } from "./visits/leavers.js";
import { SignedOut, look, sendAll } from "./visits/sending.js";
import { Store, open, takeOver, wipe } from "./visits/store.js";

const PAUSE = 15_000;
const BEFORE = new Set(["planned", "confirmed"]);
const MEGABYTE = 1024 * 1024;
const person = document.body.dataset.person;
const root = document.querySelector("[data-visit]");
const visit = root?.dataset.visit;
const line = root?.querySelector("[data-visit-state]");
const notes = root?.querySelector("[data-visit-notes]");
const entry = root?.querySelector("[data-visit-entry]");

function say(words, state = "") {
  line.dataset.state = state;
  if (line.textContent !== words) line.textContent = words;
}

const complain = (...sentences) => void note(notes, { kind: "conflict", sentences });
const things = (number) => (number === 1 ? "1 thing is" : `${number} things are`);

class Phone {
  // `opening` is the promise of a store: forms are caught before it is open, so that a quick finger loses nothing.
  constructor(opening) {
    this.opening = opening;
    this.shown = Number(entry?.elements._revision?.value || 0); // the revision of what the page shows
    this.touched = false;
    this.leaving = new AbortController();
    this.catchForms();
  }

  async start() {
    this.store = await this.opening;
    document.addEventListener("visits:leaving", () => this.stop());
    await this.showEntry();
    await this.showStates();
    window.addEventListener("online", () => this.send());
    this.timer = setInterval(() => this.again().catch(() => {}), PAUSE);
    await this.keep((await this.send()) !== null);
  }

  stop() {
    clearInterval(this.timer);
    this.leaving.abort();
  }

  async again() {
    if ((await this.store.queue()).some((one) => !one.problem)) await this.send();
  }

  // What this phone knows of the page's entry, where it knows better than the page. Who is writing is left alone.
  async showEntry() {
    if (!entry || entry.querySelector(".govuk-error-message")) return;
    const { place } = entry.dataset;
    const pending = await this.store.pending(visit, place);
    const known = await this.store.known(visit, place);
    if (this.touched) return;
    if (pending) fillForm(entry, pending.value);
    else if (known && known.revision > this.shown) {
      fillForm(entry, known.value);
      this.shown = known.revision;
    }
  }

  async showStates() {
    for (const state of root.querySelectorAll("[data-place-state]")) {
      const place = state.dataset.placeState;
      const pending = await this.store.pending(visit, place);
      const known = await this.store.known(visit, place);
      const value = (pending || known)?.value;
      if (value) state.textContent = isBlank(value) ? "To do" : pending ? "On this phone" : "Done";
    }
    await this.showMissing();
    const queue = await this.store.queue();
    const unsent = root.querySelector("[data-visit-unsent]");
    if (unsent) unsent.hidden = !queue.length;
    const photos = queue.filter((one) => one.kind === "photo" && one.visit === visit);
    root.querySelector("[data-visit-photos]")?.replaceChildren(...photos.map(waitingPhoto));
  }

  // The page may be older than what was written since: what this phone has of a matter does not still have to be done.
  async showMissing() {
    const list = root.querySelector("[data-visit-missing]");
    if (!list) return;
    for (const item of list.querySelectorAll("[data-place]")) {
      const { place } = item.dataset;
      const held = (await this.store.pending(visit, place)) || (await this.store.known(visit, place));
      if (held) item.hidden = isComplete(held.value, Number(list.dataset.leastWords));
    }
    const items = [...list.querySelectorAll("[data-place]")];
    const nothing = items.every((one) => one.hidden);
    list.hidden = nothing;
    root.querySelector("[data-visit-complete]").hidden = !nothing;
  }

  catchForms() {
    const act = (form, work) =>
      form?.addEventListener("submit", (event) => {
        event.preventDefault();
        this.opening.then(() => work(form)).catch(() => form.submit()); // the phone cannot keep it: send it as it is
      });
    document.querySelector(".portal-for-young__tell")?.addEventListener("click", (event) => this.ring(event));
    entry?.addEventListener("input", () => (this.touched = true));
    act(entry, (form) => this.writeEntry(form));
    act(root.querySelector("form[action$='/begin']"), (form) => this.begin(form));
    act(root.querySelector("[data-visit-photo]"), (form) => this.writePhoto(form));
    const unsent = root.querySelector("[data-visit-unsent]");
    if (unsent) act(unsent.parentElement.querySelector("form"), (form) => this.handIn(form));
  }

  async writeEntry(form) {
    const value = readForm(form);
    const problem = problemWith(value, Number(form.dataset.mostCharacters));
    if (problem) return complain(problem);
    const { place, onward } = form.dataset;
    const store = await this.opening;
    const known = await store.known(visit, place);
    await store.write(visit, place, value, (known?.own ? known.revision : this.shown) || null);
    await Promise.race([this.send(), new Promise((done) => setTimeout(done, 1500))]);
    location.assign(onward);
  }

  async writePhoto(form) {
    const { file: control, caption } = form.elements;
    const [file] = control.files;
    if (!file) return complain("Choose a photograph.");
    if (!(await isPicture(file))) return complain("This is not a photograph that we can keep. Choose a JPEG or a PNG.");
    if (file.size > Number(control.dataset.mostBytes)) return complain(`Choose a photograph of up to ${control.dataset.mostBytes / MEGABYTE} MB.`);
    const store = await this.opening;
    await store.addPhoto(visit, file, caption.value);
    form.reset();
    const left = await this.send();
    if (left !== null && !left.some((one) => one.kind === "photo")) location.reload();
  }

  async begin(form) {
    const told = await look(await this.opening, person, visit).catch(() => null);
    if (!told) return complain("No reception. You can write all the same: the first thing you write starts the visit.");
    form.submit();
  }

  async handIn(form) {
    const left = await this.send();
    const refused = (left || []).filter((one) => one.visit === visit && one.problem);
    if (refused.length) return notes.scrollIntoView(); // what to do is asked there, and reception does not help
    if (left === null || left.some((one) => one.visit === visit)) {
      return complain("Some of it is still only on this phone. Find a place with reception, then press again.");
    }
    form.submit();
  }

  // What is left on the phone afterwards; nothing known (null) where the server cannot be reached.
  async send() {
    const store = await this.opening;
    if (this.gone) return null;
    try {
      const before = await store.queue();
      const left = before.length ? await sendAll(store, person) : before;
      const told = visit ? await look(store, person, visit) : null;
      this.tell(left, before.length, told?.choices);
      if (told) this.seeStage(told.stage);
      return left;
    } catch (error) {
      const left = await store.queue();
      const words = error instanceof SignedOut && (await farewell(person));
      if (words) await this.sayGoodbye(words);
      else if (error instanceof SignedOut) this.askToSignIn(left.length);
      else this.tellOffline(left.length);
      return null;
    } finally {
      if (!this.gone) await this.showEntry();
      if (!this.gone) await this.showStates();
    }
  }

  // Their consent was withdrawn: what is still here was never sent, and goes; the page with it.
  async sayGoodbye(words) {
    this.gone = true;
    this.stop();
    await wipe(person);
    const place = document.querySelector("main");
    place.replaceChildren();
    note(place, { sentences: words });
    document.querySelectorAll("[data-sign-out]").forEach((form) => form.remove());
  }

  tell(left, before, choices) {
    this.offline = false;
    const refused = left.filter((one) => one.problem);
    if (refused.length) this.askWhatToDo(refused);
    else if (choices) this.askToChoose(choices);
    if (left.length) say(`${things(left.length)} only on this phone`, "unsaved");
    else if (before) say(`All sent, ${clockWords()}`, "saved");
    else if (line.dataset.state === "unsaved") say("");
  }

  // Two versions of one thing: one question at a time, where both are told with who wrote them and when.
  askToChoose(number) {
    if (root.querySelector("[data-choices]")) return;
    const words = number === 1 ? "One thing has two versions. Both are kept." : `${number} things have two versions. All are kept.`;
    const link = { words: "Choose: mine or theirs", href: `${root.dataset.base}${visit}/choices` };
    note(notes, { kind: "conflict", sentences: [words], link });
  }

  // Somebody ended the visit, or brought its scores together, while this phone showed an older page.
  seeStage(stage) {
    if (stage === root.dataset.stage || notes.children.length) return;
    outdate(visit);
    if (BEFORE.has(root.dataset.stage) && stage === "under-way") return void (root.dataset.stage = stage); // begun by what was written here
    const words = stage === "given-up" || stage === "cancelled" ? "This visit has ended." : "This visit has moved on.";
    note(notes, { kind: "conflict", sentences: [`${words} What you wrote is kept.`], buttons: [button("Show how it stands", () => location.reload())] });
  }

  // The server did not take it: somebody decides, since it must neither be lost nor stay here for ever.
  askWhatToDo(refused, anew = false) {
    const about = refused.map((one) => one.id).join(" ");
    if (!anew && notes.firstElementChild?.dataset.about === about) return; // somebody is answering it
    const sentences = [...new Set(refused.map((one) => `${nameOf(one)} was not taken: ${one.problem}`))];
    const again = async () => {
      clearNote(notes);
      await this.store.retry(refused);
      await this.send();
    };
    const one = refused.length === 1;
    const kept = `${one ? "It stays" : "They stay"} on this phone. What was written can be changed on its page.`;
    const buttons = [button("Try again", again), button(one ? "Throw it away" : "Throw them away", () => this.askForSure(refused))];
    note(notes, { kind: "conflict", sentences: [...sentences, kept], buttons }).dataset.about = about;
  }

  askForSure(refused) {
    const drop = async () => {
      clearNote(notes);
      await this.store.drop(refused);
      await this.send();
    };
    const what = refused.length === 1 ? "it" : "them";
    const buttons = [button(`Yes, throw ${what} away`, drop), button(`No, keep ${what}`, () => this.askWhatToDo(refused, true))];
    note(notes, { kind: "conflict", sentences: [`${things(refused.length)} only on this phone, and nowhere else.`], buttons }).dataset.about = refused.map((one) => one.id).join(" ");
  }

  // “Tell someone” needs reception to be written; a telephone may ring without any.
  ring(event) {
    const numbers = root.querySelector("[data-ring]");
    if (!this.offline || !numbers) return;
    event.preventDefault();
    complain("You cannot write to us here: there is no reception. You can ring someone now.");
    numbers.open = true;
    numbers.querySelector("summary").focus();
  }

  tellOffline(number) {
    this.offline = true;
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

  // Keep the whole way of this visit, anew while there is reception; without any, what was kept before serves.
  async keep(reached) {
    if (!root.dataset.keep || !(await startWorker(root.dataset.worker, root.dataset.scope))) return;
    const [lasts, at] = [await askToLast(), await keptAt(visit)];
    let whole = Boolean(at);
    if (reached && !isFresh(at)) {
      whole = await keepPages(visit, JSON.parse(root.dataset.keep), this.leaving.signal).then(() => true, () => whole);
    }
    if (!whole) return say("Not all of this visit is on this phone yet. Stay where there is reception.", "unsaved");
    root.dataset.kept = "yes";
    if (!line.textContent) say("This visit is on this phone. You can lose reception now.", "saved");
    if (!lasts && !notes.children.length) {
      note(notes, { sentences: ["This phone has not promised to keep it when it runs short of room. Find reception when you can, so that it is sent."] });
    }
  }
}

// How the page of this visit calls a thing; of another visit it knows no names.
function nameOf(item) {
  if (item.kind === "photo") return item.caption ? `The photograph “${item.caption}”` : "A photograph";
  const title = item.visit === visit && JSON.parse(root.dataset.titles || "{}")[item.place];
  return title ? `“${title}”` : "Something you wrote";
}

function waitingPhoto(item) {
  const words = document.createElement("li");
  words.textContent = `${item.caption || "Photograph"}: on this phone${item.problem ? ", not taken" : ""}`;
  return words;
}

// Somebody else's pages go first; what they wrote and is not sent stays theirs.
async function opened() {
  await takeOver(person);
  return new Store(await open(person));
}

if (root && person && "indexedDB" in window) new Phone(opened()).start().catch(() => {}); // without a store the forms work as they are
