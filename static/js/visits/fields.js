// An entry as the server reads it, out of a form and back into it.
const RATHER_NOT = "rather-not";

export function readForm(form) {
  const data = new FormData(form);
  const text = (name) => String(data.get(name) || "").trim();
  switch (form.dataset.place.split(":")[0]) {
    case "score": {
      const chosen = text("value");
      const abstained = chosen === RATHER_NOT;
      return { value: chosen && !abstained ? Number(chosen) : null, abstained, reason: text("reason") };
    }
    case "spoken":
      return { number: text("number") === "" ? null : Number(text("number")) };
    case "care":
      return { answer: text("answer"), note: text("note") };
    case "say":
      return { note: text("note") };
    default:
      return { seen: text("seen"), note: text("note") };
  }
}

export function problemWith(value) {
  if (!("number" in value) || value.number === null) return "";
  const fits = Number.isInteger(value.number) && value.number >= 0 && value.number <= 99;
  return fits ? "" : "Enter how many, from 0 to 99. Never write who.";
}

export function fillForm(form, value) {
  const typed = { ...value };
  if ("abstained" in value) typed.value = value.abstained ? RATHER_NOT : value.value;
  for (const [name, one] of Object.entries(typed)) {
    form.querySelectorAll(`[name="${name}"]`).forEach((control) => {
      if (control.type === "radio") control.checked = one !== null && control.value === String(one);
      else control.value = one ?? "";
    });
  }
}

export const isBlank = (value) => Object.values(value).every((one) => one === null || one === "" || one === false);
