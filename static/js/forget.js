// At the door nobody is logged in: what was kept to be read without network belongs to whoever was here before.

const names = (await globalThis.caches?.keys()) ?? [];
for (const name of names) if (name.startsWith("pages-")) await caches.delete(name);
