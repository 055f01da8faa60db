// Text that could not be saved stays in this tab, for this person and this page, until it can.
const MARK = "portal:kept:";
let signingOut = false;

// the attribute, since an input called "action" would hide the property
export const addressOf = (form) => new URL(form.getAttribute("action") || location.href, location.href);

const key = (form) => `${MARK}${document.body.dataset.person || ""}:${addressOf(form).pathname}`;

export function keep(form, values) {
  if (signingOut) return false;
  try {
    const before = kept(form)?.values || {};
    sessionStorage.setItem(key(form), JSON.stringify({ at: Date.now(), values: { ...before, ...values } }));
    return true;
  } catch {
    return false; // full, or switched off: the warning before leaving still stands
  }
}

export function kept(form) {
  try {
    return JSON.parse(sessionStorage.getItem(key(form)));
  } catch {
    return null;
  }
}

export function forget(form, names) {
  const held = kept(form);
  if (!held) return;
  names?.forEach((name) => delete held.values[name]);
  if (!names || Object.keys(held.values).length === 0) sessionStorage.removeItem(key(form));
  else sessionStorage.setItem(key(form), JSON.stringify(held));
}

// Somebody who signs out on a shared computer leaves nothing behind.
export function forgetOnSignOut() {
  document.querySelectorAll("[data-sign-out]").forEach((form) =>
    form.addEventListener("submit", () => {
      signingOut = true;
      Object.keys(sessionStorage)
        .filter((name) => name.startsWith(MARK))
        .forEach((name) => sessionStorage.removeItem(name));
    }),
  );
}
