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

// What the server would refuse is told at once: when it is sent, the home may be far away.
export function problemWith(value, mostCharacters) {
  const words = value.reason ?? value.note ?? "";
  if ([...words].length > mostCharacters) return `Use ${mostCharacters.toLocaleString("en-GB")} characters or fewer.`;
  if (!("number" in value) || value.number === null) return "";
  const fits = Number.isInteger(value.number) && value.number >= 0 && value.number <= 99;
  return fits ? "" : "Enter how many, from 0 to 99. Never write who.";
}

// Whether a score can be handed in. `leastWords` of a reason; none are asked for of young people.
export function isComplete(value, leastWords) {
  if (value.abstained) return true;
  return value.value !== null && (value.reason || "").split(/\s+/).filter(Boolean).length >= leastWords;
}

// By its first bytes, as the server does it: a JPEG or a PNG.
const STARTS = [[0xff, 0xd8, 0xff], [0x89, 0x50, 0x4e, 0x47]];

export async function isPicture(file) {
  const bytes = new Uint8Array(await file.slice(0, 4).arrayBuffer());
  return STARTS.some((start) => start.every((byte, at) => bytes[at] === byte));
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
