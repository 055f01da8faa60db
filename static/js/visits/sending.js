// From the phone to the server: each entry under its own identifier, as often as it takes.
const BASE = "/visits/phone/";
const MOST = 20;
const HEADERS = { "X-Requested-With": "visit-queue", Accept: "application/json" };

export class SignedOut extends Error {}

async function ask(address, options = {}) {
  const answer = await fetch(address, { redirect: "manual", cache: "no-store", ...options, headers: { ...HEADERS, ...options.headers } });
  const isJson = (answer.headers.get("Content-Type") || "").includes("json");
  if (answer.type === "opaqueredirect" || answer.status === 401) throw new SignedOut();
  if (!isJson || answer.status >= 500) throw new Error(`answered ${answer.status}`);
  return [answer.status, await answer.json()];
}

// What the server has of a visit, and the token without which it takes nothing.
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
  }
  return store.queue();
}

async function sendVisit(store, visit, token) {
  for (;;) {
    const waiting = (await store.queue()).filter((one) => one.visit === visit && !one.problem);
    const entries = firstOfEach(waiting.filter((one) => one.kind === "entry")).slice(0, MOST);
    const photo = waiting.find((one) => one.kind === "photo");
    if (entries.length) await sendEntries(store, visit, entries, token);
    else if (photo) await sendPhoto(store, visit, photo, token);
    else return;
  }
}

// The versions of one place go one after the other: the second stands on the answer to the first.
function firstOfEach(items) {
  const seen = new Set();
  return items.filter((one) => !seen.has(one.place) && seen.add(one.place));
}

async function sendEntries(store, visit, entries, token) {
  for (const one of entries) await store.put({ ...one, tried: true });
  const body = JSON.stringify({
    entries: entries.map(({ id, place, value, base, written_at }) => ({ id, place, value, revision: base, written_at })),
  });
  const [status, told] = await ask(`${BASE}${visit}/entries`, {
    method: "POST",
    body,
    headers: { "Content-Type": "application/json", "X-CSRFToken": token },
  });
  if (status !== 200) throw new Error(told.message || `answered ${status}`);
  for (const answer of told.answers) {
    const item = entries.find((one) => one.id === answer.id);
    if (item) await hear(store, visit, item, answer);
  }
}

async function hear(store, visit, item, answer) {
  if (answer.status === "refused") {
    await store.put({ ...item, tried: true, problem: answer.message });
    return;
  }
  if (answer.revision !== null) {
    await store.learn(visit, item.place, { value: answer.value, revision: answer.revision, by: answer.by });
  }
  await store.remove(item.seq);
  if (answer.status !== "aside") await store.follow(visit, item.place, answer.revision);
}

async function sendPhoto(store, visit, item, token) {
  await store.put({ ...item, tried: true });
  const body = new FormData();
  body.append("_client_id", item.id);
  body.append("caption", item.caption);
  body.append("file", item.file, "photograph.jpg");
  const [status, told] = await ask(`${BASE}${visit}/photos`, { method: "POST", body, headers: { "X-CSRFToken": token } });
  if (status === 200) await store.remove(item.seq);
  else await store.put({ ...item, tried: true, problem: told.message || "This photograph was not taken." });
}
