// Pictures chosen for a form of this tab, until the page after it says that they are stored: a browser never gives a form
// its files back. A browser that keeps nothing only costs the convenience.

const NAME = "photos";
const TAB = "photos-tab";
const LIFE = 60 * 60 * 1000;

function tab() {
  const name = sessionStorage.getItem(TAB) ?? String(crypto.getRandomValues(new Uint32Array(2)));
  sessionStorage.setItem(TAB, name);
  return name;
}

let opened;

function database() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore("chosen", { keyPath: "tab" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opened;
}

async function ask(mode, act) {
  try {
    const request = act((await database()).transaction("chosen", mode).objectStore("chosen"));
    return await new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  } catch {
    return undefined;
  }
}

const remove = (name) => ask("readwrite", (store) => store.delete(name));

export function keep(files) {
  const record = { tab: tab(), at: Date.now(), files: [...files] };
  return ask("readwrite", (store) => store.put(record));
}

// Of tabs that were closed in between nothing stays for long.
export async function kept() {
  const records = (await ask("readonly", (store) => store.getAll())) ?? [];
  for (const old of records.filter(({ at }) => at < Date.now() - LIFE)) await remove(old.tab);
  return records.find((record) => record.tab === tab())?.files ?? [];
}

export const drop = () => remove(tab());
