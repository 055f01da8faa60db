// A page that answers a form with errors was sent, not asked for: "back" to it would ask whether to send
// the form again. Said to be the page of its own address, it is asked for, and the browser puts back what
// was typed. Only where that page can be asked for: its form goes to where it lies.
import { addressOf } from "./kept.js";

export function comeBackToErrors() {
  if (!document.querySelector(".govuk-error-summary")) return;
  const forms = [...document.querySelectorAll("main form[method=post]")];
  if (forms.some((form) => addressOf(form).pathname === location.pathname)) history.replaceState(history.state, "", location.href);
}
