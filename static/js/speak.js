// Reads a page aloud with the browser's own speech. Nothing leaves the machine by our doing, and a
// page is whole without it: the button appears only where the browser can speak.

const READ = "h1, h2, h3, legend, label, p, li, dt, dd, blockquote, td, th, summary, .govuk-error-message, .govuk-hint";
const SILENT = ".govuk-visually-hidden, [hidden], [aria-hidden='true'], script, style, svg";

export function startSpeaking() {
  const button = document.querySelector("[data-speak]");
  if (!button || !("speechSynthesis" in window) || !("SpeechSynthesisUtterance" in window)) return;
  const speech = window.speechSynthesis;
  const show = (reading) => {
    button.textContent = reading ? button.dataset.stop : button.dataset.start;
    button.setAttribute("aria-pressed", String(reading));
  };
  let turn = 0; // a page that is stopped and started again must not hear of the first turn's end

  const stop = () => {
    turn += 1;
    speech.cancel();
    show(false);
  };

  const start = () => {
    const mine = ++turn;
    const parts = sentences(document.getElementById("main-content"));
    speech.cancel();
    show(true);
    parts.forEach((text, at) => {
      const said = new SpeechSynthesisUtterance(text);
      said.lang = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;
      said.rate = 0.95;
      const last = at === parts.length - 1;
      said.onend = () => { if (last && mine === turn) show(false); };
      said.onerror = said.onend;
      speech.speak(said);
    });
    if (!parts.length) show(false);
  };

  button.addEventListener("click", () => (button.getAttribute("aria-pressed") === "true" ? stop() : start()));
  window.addEventListener("pagehide", stop);
  show(false);
  button.hidden = false;
}

// What there is to read, in the order of the page: each text once, by the innermost of our elements.
export function sentences(root) {
  const found = [];
  for (const element of root ? root.querySelectorAll(READ) : []) {
    if (element.closest(SILENT) || element.querySelector(READ)) continue;
    const copy = element.cloneNode(true);
    copy.querySelectorAll(SILENT).forEach((one) => one.remove());
    const text = copy.textContent.replace(/\s+/g, " ").trim();
    if (text) found.push(text);
  }
  return found;
}
