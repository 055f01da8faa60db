// A form is sent once, however often its button is pressed. The server does not rely on it.
const PAUSE = 8000; // a form may answer with a download and leave the page open

export function sendOnce() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    event.submitter?.setAttribute("aria-disabled", "true");
    setTimeout(() => again(form), PAUSE);
  });
  // the browser's "back" may bring the page back as it was left
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(again));
}

function again(form) {
  delete form.dataset.sent;
  form.querySelectorAll("button[aria-disabled]").forEach((button) => button.removeAttribute("aria-disabled"));
}
