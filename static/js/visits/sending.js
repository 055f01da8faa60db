// From the phone to the server: each entry under its own identifier, as often as it takes.
const BASE = "/visits/phone/";
const MOST = 20;
const HEADERS = { "X-Requested-With": "visit-queue", Accept: "application/json" };
const NOT_YOURS = "You are not of the team of this visit any more.";

export class SignedOut extends Error {}

async function ask(address, options = {}) {
  const answer = await fetch(address, { redirect: "manual", cache: "no-store", ...options, headers: { ...HEADERS, ...options.headers } });
  const isJson = (answer.headers.get("Content-Type") || "").includes("json");
  if (answer.type === "opaqueredirect" || answer.status === 401) throw new SignedOut();
  if (!isJson || answer.status >= 500) throw new Error(`answered ${answer.status}`);
  return [answer.status, await answer.json()];
}

// What the server has of a visit, and the token without which it takes nothing; nothing for a stranger.
export async function look(store, person, visit) {
  const [status, told] = await ask(`${BASE}${visit}/state`);
  if (status !== 200) return null;
  if (told.person !== person) throw new SignedOut();
  for (const [place, entry] of Object.entries(told.entries)) await store.learn(visit, place, entry);
  return told;
}

// Everything that waits, of every visit. Two tabs at once do it one after the other.
export function sendAll(store, person) {
  const work = () => send(store, person);
  return navigator.locks ? navigator.locks.request("visits-sending", work) : work();
}

async function send(store, person) {
  const visits = new Set((await store.queue()).map((one) => one.visit));
  for (const visit of visits) {
    const told = await look(store, person, visit);
    if (told) await sendVisit(store, visit, told.token);
    else await store.refuse((await store.queue()).filter((one) => one.visit === visit), NOT_YOURS);
  }
  return store.queue();
}

async function sendVisit(store, visit, token) {
  for (;;) {
    const waiting = (await store.queue()).filter((one) => one.visit === visit && !one.problem);
    const entries = firstOfEach(waiting.filter((one) => one.kind === "entry")).slice(0, MOST);
    const photos = waiting.filter((one) => one.kind === "photo").slice(0, 1);
    if (entries.length) await sendEntries(store, visit, await store.goingOut(entries), token);
    else if (photos.length) await sendPhoto(store, visit, await store.goingOut(photos), token);
    else return;
  }
}

// The versions of one place go one after the other: the second stands on the answer to the first.
function firstOfEach(items) {
  const seen = new Set();
  return items.filter((one) => !seen.has(one.place) && seen.add(one.place));
}

async function sendEntries(store, visit, entries, token) {
  const body = JSON.stringify({
    entries: entries.map(({ id, place, value, base, written_at }) => ({ id, place, value, revision: base, written_at })),
  });
  const [status, told] = await ask(`${BASE}${visit}/entries`, {
    method: "POST",
    body,
    headers: { "Content-Type": "application/json", "X-CSRFToken": token },
  });
  if (status !== 200) throw new Error(told.message || `answered ${status}`);
  for (const item of entries) {
    const answer = told.answers.find((one) => one.id === item.id);
    if (!answer) throw new Error(`no answer to ${item.id}`);
    if (answer.status === "refused") await store.refuse([item], answer.message);
    else await store.answered(item, answer);
  }
}

async function sendPhoto(store, visit, [item], token) {
  if (!item) return;
  const body = new FormData();
  body.append("_client_id", item.id);
  body.append("caption", item.caption);
  body.append("file", item.file, "photograph.jpg");
  const [status, told] = await ask(`${BASE}${visit}/photos`, { method: "POST", body, headers: { "X-CSRFToken": token } });
  if (status === 200) await store.drop([item]);
  else await store.refuse([item], told.message || "This photograph was not taken.");
}
