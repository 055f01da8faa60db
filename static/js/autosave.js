// Saves each changed field by itself, to the form's own address, a moment after the last key.
//
// Sent: the form's hidden fields, the changed fields, and `autosave_field` with the name of each;
// header X-Requested-With: autosave. Answers, as JSON:
//   {"status": "saved", "at": "10:42am", "hidden": {"version": "4"},     hidden inputs set again
//    "to_mend": {"field": "sentence"}}          saved, and to be mended before it can be sent
//   {"status": "invalid", "errors": {"field": "sentence"}, "message": "…"}
//   {"status": "conflict", "field": "…", "message": "…", "theirs": "text", "hidden": {"version": "5"},
//    "html": "the choice as components/conflict.html writes it"}
//   {"status": "signed-out"}, {"status": "refused", "message": "…", "closed": true}    for good
import { controlsOf, differs, groupOf, putBack, valuesOf } from "./groups.js";
import { addressOf, forget, keep, kept } from "./kept.js";
import { button, clearNote, clockWords, fieldError, note, savedLine, say, showConflict } from "./notes.js";

const PAUSE = 1000;
const LONGEST_WAIT = 5000;
const RETRIES = [3000, 6000, 12000, 30000, 60000];

export function startAutosave(form) {
  new Autosave(form).start();
}

class Autosave {
  constructor(form) {
    this.form = form;
    this.line = savedLine(form);
    this.waiting = new Set(); // groups with text that the server has not acknowledged
    this.known = new Map(); // what it has acknowledged: leaving a field says "changed" once more
    this.sending = false;
    this.then = null; // what sends the form when the save that is on its way has come back
    this.held = false; // until somebody has chosen between two answers
    this.failures = 0;
    this.stopped = false;
  }

  start() {
    this.form.addEventListener("input", (event) => this.changed(event.target, PAUSE));
    this.form.addEventListener("change", (event) => this.changed(event.target, 0));
    this.form.addEventListener("focusout", () => this.soon(50));
    this.form.addEventListener("submit", (event) => this.pressed(event));
    window.addEventListener("online", () => this.soon(0));
    window.addEventListener("pageshow", () => (this.leaving = false));
    window.addEventListener("beforeunload", (event) => {
      if (this.waiting.size && !this.leaving) event.preventDefault();
    });
    this.offerKept();
  }

  changed(control, pause) {
    const group = control.name && groupOf(control);
    if (!group || !controlsOf(group).includes(control)) return;
    if (!this.waiting.has(group) && this.known.get(group) === JSON.stringify(valuesOf(group))) return;
    this.waiting.add(group);
    if (!this.stopped && !this.held) {
      say(this.line, "saving", "Not saved yet");
      this.soon(pause);
    } else this.keepAll();
  }

  soon(pause) {
    clearTimeout(this.timer);
    if (this.waiting.size && !this.stopped && !this.held) this.timer = setTimeout(() => this.save(), pause);
  }

  async save() {
    if (this.sending || this.leaving || this.held) return;
    const groups = [...this.waiting].filter((group) => !isHalfTyped(group));
    if (!groups.length) return;
    const sent = new Map(groups.map((group) => [group, JSON.stringify(valuesOf(group))]));
    this.sending = true;
    say(this.line, "saving", "Saving…");
    try {
      const answer = await fetch(addressOf(this.form), {
        method: "POST",
        body: this.body(groups),
        headers: { "X-Requested-With": "autosave", Accept: "application/json" },
        redirect: "manual",
      });
      this.hear(await told(answer), groups, sent);
    } catch {
      this.failed();
    } finally {
      this.sending = false;
    }
    this.then?.();
    if (!this.failures) this.soon(PAUSE);
  }

  // A save that is on its way comes first, since it makes the version that the form must carry:
  // sent beside it, the form would find a version that it has not seen, its own.
  pressed(event) {
    if (!this.sending || this.leaving) {
      this.leaving = true;
      return;
    }
    event.preventDefault();
    this.then ??= () => {
      this.then = null;
      clearTimeout(patience);
      if (this.held || this.stopped) return; // the page says why
      this.leaving = true;
      this.form.requestSubmit(event.submitter);
    };
    const patience = setTimeout(() => this.then?.(), LONGEST_WAIT);
  }

  body(groups) {
    const body = new FormData();
    const hidden = this.form.querySelectorAll("input[type=hidden][name]:not([name=_labels])");
    hidden.forEach((input) => body.append(input.name, input.value));
    for (const group of groups) {
      body.append("autosave_field", group.dataset.field);
      for (const [name, texts] of Object.entries(valuesOf(group))) texts.forEach((text) => body.append(name, text));
    }
    return body;
  }

  hear(answer, groups, sent) {
    this.failures = 0;
    if (answer.status !== "conflict") this.setHidden(answer);
    if (answer.status === "saved") this.saved(answer, groups, sent);
    else if (answer.status === "invalid") this.invalid(answer, groups, sent);
    else if (answer.status === "conflict") this.conflict(answer, groups);
    else if (answer.status === "signed-out") this.signedOut(answer);
    else if (answer.status === "refused") this.refused(answer, groups);
    else if (answer.status === "too-long") this.tooLong(groups, sent);
    else this.failed();
  }

  saved(answer, groups, sent) {
    for (const group of groups) {
      if (sent.get(group) !== JSON.stringify(valuesOf(group))) continue; // typed on meanwhile
      this.waiting.delete(group);
      this.known.set(group, sent.get(group));
      forget(this.form, Object.keys(valuesOf(group)));
      clearNote(group);
      const words = (answer.to_mend || {})[group.dataset.field] || "";
      controlsOf(group).slice(0, 1).forEach((control) => fieldError(group, control, words));
    }
    if (!this.waiting.size) say(this.line, "saved", `Saved ${answer.at || clockWords()}`);
  }

  invalid(answer, groups, sent) {
    const errors = answer.errors || {};
    this.saved(answer, groups.filter((group) => !(group.dataset.field in errors)), sent);
    for (const group of groups) {
      const words = errors[group.dataset.field];
      if (!words || sent.get(group) !== JSON.stringify(valuesOf(group))) continue;
      this.waiting.delete(group); // sent again when it changes
      controlsOf(group).slice(0, 1).forEach((control) => fieldError(group, control, words));
    }
    keep(this.form, Object.assign({}, ...groups.map(valuesOf)));
    say(this.line, "unsaved", answer.message || "Not saved: look at the message beside the field");
  }

  tooLong(groups, sent) {
    const words = "This is too long to be saved. Shorten it.";
    this.invalid({ errors: Object.fromEntries(groups.map((group) => [group.dataset.field, words])) }, groups, sent);
  }

  conflict(answer, groups) {
    this.held = true;
    this.keepAll();
    const group = groups.find((one) => one.dataset.field === answer.field) || groups[0];
    let block;
    const mine = () => {
      this.held = false;
      this.setHidden(answer);
      block.remove();
      this.soon(0);
    };
    const theirs = () => {
      const [control] = controlsOf(group);
      putBack(this.form, { [control.name]: [answer.theirs || ""] });
      mine();
    };
    const canTake = answer.theirs !== undefined && controlsOf(group).length === 1;
    block = showConflict(group, answer, { mine, ...(canTake && { theirs }) });
    say(this.line, "unsaved", "Not saved: somebody else saved another version");
  }

  signedOut(answer) {
    this.stopped = true;
    const safe = this.keepAll();
    const here = encodeURIComponent(location.pathname + location.search);
    note(this.form, {
      kind: "conflict",
      sentences: [
        answer.message || "You have been signed out, so what you typed is not saved.",
        safe
          ? "It is kept in this tab: sign in again here, and this page offers it back."
          : "It is all here: copy it, sign in again, and paste it.",
      ],
      link: { words: "Sign in again", href: `${document.body.dataset.signIn || "/sign-in"}?next=${here}` },
    }).scrollIntoView({ block: "nearest" });
    this.leaving = safe;
    say(this.line, "unsaved", "Not saved: you have been signed out");
  }

  refused(answer, groups) {
    this.stopped = true;
    if (answer.closed) return this.closed(answer, groups);
    this.keepAll();
    note(this.form, { kind: "conflict", sentences: [answer.message || "This can no longer be changed."] });
    say(this.line, "unsaved", "Not saved");
  }

  // Nothing can be saved here any more: the deadline has passed, say. No choice is offered that
  // cannot work; what was typed stays on the page, to be copied.
  closed(answer, groups) {
    this.waiting.clear();
    forget(this.form);
    const words = `Not saved. ${answer.message}`;
    for (const group of groups) controlsOf(group).slice(0, 1).forEach((control) => fieldError(group, control, words));
    lock(this.form);
    say(this.line, "unsaved", words);
  }

  failed() {
    const safe = this.keepAll();
    const wait = RETRIES[Math.min(this.failures++, RETRIES.length - 1)];
    const where = safe ? " Your text is kept in this tab, and we try again." : " We try again.";
    say(this.line, "unsaved", `Not saved: no connection.${where}`);
    this.soon(wait);
  }

  keepAll() {
    return keep(this.form, Object.assign({}, ...[...this.waiting].map(valuesOf)));
  }

  setHidden(answer) {
    for (const [name, value] of Object.entries(answer.hidden || {})) {
      const input = this.form.querySelector(`input[type=hidden][name="${CSS.escape(name)}"]`);
      if (input) input.value = value;
    }
  }

  offerKept() {
    const held = kept(this.form);
    if (!held) return;
    if (!differs(this.form, held.values)) return forget(this.form);
    const clear = () => clearNote(this.form);
    note(this.form, {
      sentences: [`You wrote something here at ${clockWords(new Date(held.at))} that was not saved.`],
      buttons: [
        button("Put it back", () => {
          clear();
          putBack(this.form, held.values).forEach((group) => this.waiting.add(group));
          this.form.querySelectorAll("textarea").forEach((area) => area.dispatchEvent(new Event("keyup")));
          this.soon(0);
        }),
        button("Throw it away", () => {
          clear();
          forget(this.form);
        }),
      ],
    });
  }
}

// No button is left that would send the form, and no text is lost.
function lock(form) {
  form.querySelectorAll("button[type=submit]").forEach((one) => one.remove());
  form.querySelectorAll("[data-field]").forEach((group) =>
    controlsOf(group).forEach((control) => {
      if (["checkbox", "radio"].includes(control.type) || control.tagName === "SELECT") control.disabled = true;
      else control.readOnly = true;
    }),
  );
}

// A date has several boxes; it is whole when the person has left the last of them.
function isHalfTyped(group) {
  return group.querySelector(".govuk-date-input") && group.contains(document.activeElement);
}

// What the server said. A redirect or a page instead of JSON means that the session has ended.
async function told(answer) {
  if (answer.type === "opaqueredirect" || answer.status === 401) return { status: "signed-out" };
  if (answer.status >= 500 || answer.status === 429) return {}; // tried again
  if (answer.status === 413) return { status: "too-long" };
  const isJson = (answer.headers.get("Content-Type") || "").includes("json");
  if (isJson) return answer.json();
  return { status: "signed-out" };
}
