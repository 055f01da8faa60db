// A form that asks the device for a passkey before it is sent; its answer travels in a hidden field.
const AWAY = "Your browser has no passkeys. Use one of the other ways.";
const STOPPED = "Nothing happened: your device did not give a passkey. Press the button to try again.";

export function askPasskeys() {
  document.querySelectorAll("[data-passkey]").forEach((box) => {
    const form = box.querySelector("form");
    form.addEventListener("submit", (event) => {
      const { answer } = form.elements;
      if (answer.value || misses(form)) return;
      event.preventDefault();
      if (box.dataset.asking) return;
      box.dataset.asking = "yes";
      ask(box)
        .then((given) => {
          answer.value = JSON.stringify(given);
          form.requestSubmit(event.submitter);
        })
        .catch(() => say(box, window.PublicKeyCredential ? STOPPED : AWAY))
        .finally(() => delete box.dataset.asking);
    });
  });
}

// The server says what is missing before a device makes a key for nothing.
const misses = (form) => [...form.querySelectorAll("input[type=text], input[type=password]")].some((field) => !field.value.trim());

function say(box, words) {
  box.querySelector("[data-passkey-says]").textContent = words;
}

async function ask(box) {
  const asked = JSON.parse(box.dataset.options);
  const publicKey = { ...asked, challenge: bytes(asked.challenge) };
  for (const name of ["excludeCredentials", "allowCredentials"]) {
    if (asked[name]) publicKey[name] = asked[name].map((one) => ({ ...one, id: bytes(one.id) }));
  }
  if (box.dataset.passkey === "use") return plain(await navigator.credentials.get({ publicKey }));
  publicKey.user = { ...asked.user, id: bytes(asked.user.id) };
  return plain(await navigator.credentials.create({ publicKey }));
}

function plain(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = letters(credential.response[name]);
  }
  return { id: credential.id, rawId: letters(credential.rawId), type: credential.type, response };
}

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));

const letters = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
