// Sends what waits on this phone, one entry after the other, from one tab at a time; pages and the service worker share it.

import { entriesOf, finish, get, isAnythingSaved, leaveLease, newKey, put, remove, takeLease } from "./queue-store.js";

const QUEUE = "/my/queue/";
const PATIENCE = 30_000;
const holder = newKey();
const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel("visits") : null;

// "change" with {key, state}: whatever happened to an entry, in this tab or another.
export const bell = new EventTarget();

const heard = (detail) => bell.dispatchEvent(Object.assign(new Event("change"), { detail }));

export function ring(detail) {
  heard(detail);
  channel?.postMessage(detail);
}

channel?.addEventListener("message", (event) => heard(event.data));

// Why nothing more can be sent now: offline, login, later.
class Pause extends Error {}

async function alone(act) {
  if (navigator.locks) return navigator.locks.request("visits", act);
  while (!(await takeLease(holder, 2 * PATIENCE))) await new Promise((resolve) => setTimeout(resolve, 400));
  try {
    return await act();
  } finally {
    await leaveLease(holder);
  }
}

async function ask(url, options = {}) {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE);
  try {
    const response = await fetch(url, {
      credentials: "same-origin",
      redirect: "manual",
      cache: "no-store",
      signal: patience.signal,
      ...options,
    });
    // Sent elsewhere: something has to be done first, a new password for one.
    if (response.type === "opaqueredirect" || response.status === 401) throw new Pause("login");
    return response;
  } catch (error) {
    throw error instanceof Pause ? error : new Pause("offline");
  } finally {
    clearTimeout(timer);
  }
}

// Whose log-in it is now, and a forgery token of that log-in.
async function pass() {
  const response = await ask(`${QUEUE}pass/`);
  if (response.status === 404) throw new Pause("login");
  if (!response.ok) throw new Pause("later");
  const { account, token } = await response.json();
  return { account: String(account), token };
}

function bodyOf(entry) {
  const body = new FormData();
  for (const [name, value] of entry.fields) body.append(name, value);
  for (const { name, type, bytes } of entry.photos) body.append("photos", new Blob([bytes], { type }), name);
  body.set("client_key", entry.key);
  body.set("account", entry.account);
  body.set("day", entry.day);
  body.set("waited", String(Math.max(0, Math.round((Date.now() - entry.writtenAt) / 1000))));
  return body;
}

// What the person reads when the server answered without sentences of its own.
const REFUSED = {
  404: "找不到这个接待日，可能已经作废或不再由您值班。请联系政协机关。",
  413: "照片太大，请减少照片后再提交。",
};

async function send(entry, { token }) {
  ring({ key: entry.key, state: "sending" });
  const response = await ask(QUEUE, {
    method: "POST",
    headers: { "X-CSRFToken": token },
    body: bodyOf(entry),
  });
  const { status } = response;
  if (status >= 500 || status === 403 || status === 429) throw new Pause("later");
  if (status === 200 || status === 201) await finish(entry, await response.json());
  else if (status === 409) await put({ ...entry, state: "conflict", answer: await response.json() });
  else if (status === 422) await mend(entry, await response.json());
  else {
    const answer = { above: [REFUSED[status] ?? `没有提交成功（${status}）。`], fields: {} };
    await put({ ...entry, state: status === 413 ? "mend" : "stuck", answer });
  }
}

async function mend(entry, answer) {
  // The key was somebody else's already: the next try needs another one.
  if (answer.key && answer.key !== entry.key) await remove(entry.key);
  await put({ ...entry, key: answer.key ?? entry.key, state: "mend", answer });
}

async function sendSaved(first) {
  const given = await pass();
  const saved = (await entriesOf(given.account)).filter(({ state }) => state === "saved");
  for (const { key } of saved.sort((a, b) => (b.key === first) - (a.key === first))) {
    if (!navigator.locks) await takeLease(holder, 2 * PATIENCE);
    const entry = await get(key);
    if (entry?.state !== "saved") continue;
    try {
      await send(entry, given);
    } finally {
      ring({ key });
    }
  }
}

// Everything that is saved, `first` before the others. Answers "" when all was sent, otherwise why not.
export async function sendAll(first = "") {
  if (!(await isAnythingSaved())) return "";
  return alone(async () => {
    try {
      await sendSaved(first);
      return "";
    } catch (pause) {
      if (pause instanceof Pause) return pause.message;
      throw pause;
    }
  });
}
