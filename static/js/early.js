// Runs before the page is drawn, so that nothing jumps when the rest of the script arrives.
// A file of its own, because the portal's security policy allows no script inside a page.
document.body.classList.add("js-enabled");
if ("noModule" in HTMLScriptElement.prototype) {
  document.body.classList.add("govuk-frontend-supported");
}
