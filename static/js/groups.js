// A field's group: the element that the server wrote around one field, with its name.
const SKIPPED = new Set(["file", "password", "submit", "button", "hidden"]);

export const groupOf = (control) => control.closest("[data-field]");

export function controlsOf(group) {
  return [...group.querySelectorAll("input, textarea, select")].filter(
    (control) => control.name && !SKIPPED.has(control.type) && groupOf(control) === group,
  );
}

// Each control's value by name, as the browser would send it; an unticked box sends nothing.
export function valuesOf(group) {
  const values = {};
  for (const control of controlsOf(group)) {
    values[control.name] ??= [];
    if (!["checkbox", "radio"].includes(control.type) || control.checked) values[control.name].push(control.value);
  }
  return values;
}

export function putBack(form, values) {
  const changed = new Set();
  for (const [name, texts] of Object.entries(values)) {
    for (const control of form.elements) {
      if (control.name !== name || SKIPPED.has(control.type)) continue;
      if (["checkbox", "radio"].includes(control.type)) control.checked = texts.includes(control.value);
      else control.value = texts[0] ?? "";
      const group = groupOf(control);
      if (group) changed.add(group);
    }
  }
  return [...changed];
}

export function differs(form, values) {
  return [...form.querySelectorAll("[data-field]")].some((group) =>
    Object.entries(valuesOf(group)).some(([name, now]) => name in values && String(now) !== String(values[name])),
  );
}
