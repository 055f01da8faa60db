// Parts of a page that other people write meanwhile: [data-live] with an id. What the server says
// now is put in its place every few seconds, while somebody looks at the page and is not inside that
// part. Such looks do not count as work: a page left open does not keep anybody signed in.
import { initAll } from "../../node_modules/govuk-frontend/dist/govuk/govuk-frontend.min.js";

const PAUSE = 8000;
const AFTER_A_FAULT = 30000;

// Called before anything else changes the page, so that like is compared with like.
export function watchOthers() {
  const parts = new Map([...document.querySelectorAll("[data-live][id]")].map((part) => [part.id, part.innerHTML]));
  if (!parts.size) return;
  let timer = setTimeout(look, PAUSE);
  const later = (pause) => {
    clearTimeout(timer);
    timer = setTimeout(look, pause);
  };
  document.addEventListener("visibilitychange", () => !document.hidden && later(0));

  async function look() {
    if (document.hidden) return;
    try {
      const answer = await fetch(location.href, { headers: { "X-Requested-With": "live" }, redirect: "error" });
      if (!answer.ok) return; // signed out, or no longer theirs: the next press of a button says so
      show(new DOMParser().parseFromString(await answer.text(), "text/html"), parts);
      later(PAUSE);
    } catch {
      later(AFTER_A_FAULT);
    }
  }
}

function show(page, parts) {
  for (const [id, before] of parts) {
    const part = document.getElementById(id);
    const now = page.getElementById(id);
    if (!part || !now || now.innerHTML === before || part.contains(document.activeElement)) continue;
    part.innerHTML = now.innerHTML;
    parts.set(id, now.innerHTML);
    initAll({ scope: part });
  }
}
