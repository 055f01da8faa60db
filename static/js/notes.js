// What the page says about saving: a line with a state, and notes beside a field or on top.
const line = (tag, text, classes = "govuk-body") => {
  const element = document.createElement(tag);
  element.className = classes;
  element.textContent = text;
  return element;
};

export function savedLine(form) {
  const own = form.querySelector("[data-saved]");
  if (own) return own;
  const made = line("p", "", "portal-saved");
  made.setAttribute("role", "status");
  made.dataset.saved = "";
  form.append(made);
  return made;
}

export function say(element, state, words) {
  element.dataset.state = state;
  if (element.textContent !== words) element.textContent = words;
}

export function clockWords(time = new Date()) {
  const half = time.getHours() < 12 ? "am" : "pm";
  return `${time.getHours() % 12 || 12}:${String(time.getMinutes()).padStart(2, "0")}${half}`;
}

export function button(words, act) {
  const made = line("button", words, "govuk-button govuk-button--secondary");
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

// A box with sentences, a text that somebody else wrote, and buttons. One to a place.
export function note(place, { kind = "", sentences = [], text = "", link = null, buttons = [] }) {
  clearNote(place);
  const box = line("div", "", `portal-autosave-note ${kind && `portal-autosave-note--${kind}`}`);
  box.setAttribute("role", "alert");
  sentences.forEach((sentence) => box.append(line("p", sentence)));
  if (text) box.append(line("blockquote", text, "portal-quote portal-autosave-note__text"));
  if (link) {
    const anchor = line("a", link.words, "govuk-link");
    anchor.href = link.href;
    const holder = line("p", "");
    holder.append(anchor);
    box.append(holder);
  }
  if (buttons.length) {
    const row = line("div", "", "govuk-button-group");
    row.append(...buttons);
    box.append(row);
  }
  place.prepend(box);
  return box;
}

// The choice between two versions of a field. The server's own block, where it sends one: its buttons
// send the form, except those for which there is an act here. Else the same choice in a note.
export function showConflict(group, { html, message, theirs }, acts) {
  if (!html) {
    const choices = [button("Keep mine", acts.mine)];
    if (acts.theirs) choices.push(button("Keep theirs", acts.theirs));
    const sentences = [message || "Somebody else saved another version. Choose which one to keep."];
    return note(group, { kind: "conflict", sentences, text: theirs, buttons: choices });
  }
  const holder = document.createElement("div");
  holder.innerHTML = html;
  const before = document.getElementById(holder.querySelector(".portal-conflict").id);
  (before?.closest("[data-conflict]") || before)?.remove();
  holder.dataset.conflict = "";
  holder.setAttribute("role", "alert");
  holder.addEventListener("click", (event) => {
    const act = acts[event.target.closest("button[name=keep]")?.value.split(":")[0]];
    if (!act) return;
    event.preventDefault();
    act();
  });
  group.before(holder);
  holder.scrollIntoView({ block: "nearest" });
  return holder;
}

export function clearNote(place) {
  place.querySelectorAll(":scope > .portal-autosave-note").forEach((box) => box.remove());
}

const WRAPPERS = ".govuk-input__wrapper, .govuk-radios, .govuk-checkboxes, .govuk-date-input, .govuk-file-upload-wrapper";

// An error of one field, worded and linked as the server would have written it.
export function fieldError(group, control, words) {
  const id = `${control.id}-autosave-error`;
  document.getElementById(id)?.remove();
  const others = (control.getAttribute("aria-describedby") || "").split(" ").filter((one) => one && one !== id);
  if (words) {
    const error = line("p", words, "govuk-error-message");
    error.id = id;
    (control.closest(WRAPPERS) || control).before(error);
    others.push(id);
  }
  if (others.length) control.setAttribute("aria-describedby", others.join(" "));
  else control.removeAttribute("aria-describedby");
  const server = group.querySelector(":scope > .govuk-error-message:not([id$='-autosave-error'])");
  if (!words && server) server.remove();
  group.classList.toggle("govuk-form-group--error", Boolean(words));
}
