// Visits that wait on this phone, in IndexedDB. One entry: its client key, the account it belongs to, the day (its
// number, "" outside reception days), when it was written, its state, and sealed what was typed, the photos and what was
// answered. Whoever takes a copy of the browser's files reads nothing without the key, which never leaves the browser;
// without a secure connection there is no such key, and the page says so.

const NAME = "visits";
const SHOWN_FOR = 12 * 60 * 60 * 1000;

export const SEALS = Boolean(globalThis.crypto?.subtle);

// saved: to be sent · mend, conflict, stuck: the person decides · done: stored by the server, nothing of it left here.
export const WAITING = ["saved", "mend", "conflict", "stuck"];

const asked = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

let opened;

function database() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("entries", { keyPath: "key" });
      request.result.createObjectStore("standing", { keyPath: "name" });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opened;
}

async function store(name, mode = "readonly") {
  return (await database()).transaction(name, mode).objectStore(name);
}

// Written to the disk, not only handed over: a phone may be switched off the next moment.
async function written(name, act) {
  const transaction = (await database()).transaction(name, "readwrite", { durability: "strict" });
  const result = await act(transaction.objectStore(name));
  await new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error);
  });
  return result;
}

// The seal

async function sealingKey() {
  if (!SEALS) return null;
  const kept = await asked((await store("standing")).get("key"));
  if (kept) return kept.value;
  const value = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  // Another tab may have been quicker: its key stays.
  return written("standing", async (standing) => {
    const first = await asked(standing.get("key"));
    if (first) return first.value;
    standing.put({ name: "key", value });
    return value;
  });
}

async function seal(key, bytes) {
  if (!key) return { bytes };
  const iv = crypto.getRandomValues(new Uint8Array(12));
  return { iv, bytes: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, bytes) };
}

const unseal = (key, { iv, bytes }) => (iv ? crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, bytes) : bytes);

async function sealed({ fields, photos, answer, ...open }) {
  const key = await sealingKey();
  const names = photos.map(({ name, type }) => ({ name, type }));
  const text = new TextEncoder().encode(JSON.stringify({ fields, names, answer }));
  return {
    ...open,
    text: await seal(key, text),
    pictures: await Promise.all(photos.map((photo) => seal(key, photo.bytes))),
  };
}

async function unsealed({ text, pictures, ...open }, isWhole) {
  if (!text) return open;
  const key = await sealingKey();
  const { fields, names, answer } = JSON.parse(new TextDecoder().decode(await unseal(key, text)));
  if (!isWhole) return { ...open, fields, answer };
  const bytes = await Promise.all(pictures.map((picture) => unseal(key, picture)));
  return { ...open, fields, answer, photos: names.map((name, n) => ({ ...name, bytes: bytes[n] })) };
}

// Entries

export async function put(entry) {
  const record = await sealed(entry);
  await written("entries", (entries) => entries.put(record));
}

export async function get(key) {
  const record = await asked((await store("entries")).get(key));
  return record && unsealed(record, true);
}

export async function remove(key) {
  await written("entries", (entries) => entries.delete(key));
}

// The server has it: only that it was sent stays for a while.
export async function finish({ key, account, writtenAt }, { url, message }) {
  const record = { key, account, writtenAt, url, message, state: "done", doneAt: Date.now() };
  await written("entries", (entries) => entries.put(record));
}

// Without their photos.
export async function entriesOf(account) {
  const records = await asked((await store("entries")).getAll());
  for (const old of records.filter(({ doneAt }) => doneAt < Date.now() - SHOWN_FOR)) await remove(old.key);
  const own = records.filter((record) => record.account === account && !(record.doneAt < Date.now() - SHOWN_FOR));
  return Promise.all(own.sort((a, b) => a.writtenAt - b.writtenAt).map((record) => unsealed(record, false)));
}

export async function isAnythingSaved() {
  return (await asked((await store("entries")).getAll())).some(({ state }) => state === "saved");
}

// crypto.randomUUID is there on secure connections only.
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

// One tab at a time, where the browser has no locks: a note that lasts a little while.

export function takeLease(holder, lasts) {
  return written("standing", async (standing) => {
    const held = await asked(standing.get("lease"));
    if (held && held.holder !== holder && held.until > Date.now()) return false;
    standing.put({ name: "lease", holder, until: Date.now() + lasts });
    return true;
  });
}

export function leaveLease(holder) {
  return written("standing", async (standing) => {
    const held = await asked(standing.get("lease"));
    if (held?.holder === holder) standing.delete("lease");
  });
}
