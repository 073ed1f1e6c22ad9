// The service worker of /my/: files of the product from the phone, pages from the network and, without it, as they were
// kept; it also sends the queue when the network comes back after the page was closed.

import { sendAll } from "./queue-sending.js";

const KEPT = /^\/my\/(days\/\d+\/(visits\/new\/)?|visits\/new\/)?$/;
const HASHED = /\.[0-9a-f]{12}\.\w+$/;
const ACCOUNT = /<body[^>]* data-account="(\d+)"/;
const MESSAGES = /<div id="messages" role="status">[\s\S]*?<\/div>/;
const PATIENCE = 6000;
const FRESH = 5 * 60 * 1000;

// Pages, of one account at a time: whoever logs in next finds nothing of whoever was here before.

async function pageCaches() {
  return (await caches.keys()).filter((name) => name.startsWith("pages-"));
}

async function keep(path, response) {
  const text = await response.text();
  const [, account] = ACCOUNT.exec(text) ?? [];
  if (!account) return;
  const own = `pages-${account}`;
  for (const name of await pageCaches()) if (name !== own) await caches.delete(name);
  const headers = new Headers(response.headers);
  for (const name of ["content-encoding", "content-length", "set-cookie"]) headers.delete(name);
  headers.set("X-Kept-At", String(Date.now()));
  await (await caches.open(own)).put(path, new Response(text, { headers }));
}

async function kept(path, hours) {
  for (const name of await pageCaches()) {
    const cache = await caches.open(name);
    const response = await cache.match(path);
    if (!response) continue;
    if (Date.now() - Number(response.headers.get("X-Kept-At")) < hours * 60 * 60 * 1000) return response;
    await cache.delete(path);
  }
  return null;
}

// Says that it is an old one, in place of messages that were read long ago.
async function asOfThen(response) {
  const at = new Date(Number(response.headers.get("X-Kept-At")));
  const time = `${at.getHours()}:${String(at.getMinutes()).padStart(2, "0")}`;
  const said = `<div id="messages" role="status"><p class="notice info" data-offline>现在没有网络，这是 ${time} 存在本机的页面。</p></div>`;
  return new Response((await response.text()).replace(MESSAGES, said), { headers: response.headers });
}

function apology() {
  const body =
    '<!DOCTYPE html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">' +
    '<title>没有网络</title><h1>现在没有网络</h1><p>这一页没有存在本机，有网络时再打开。</p><p><a href="/my/">回到今日接待</a></p>';
  return new Response(body, { status: 503, headers: { "Content-Type": "text/html; charset=utf-8" } });
}

async function page(event, hours) {
  const { pathname } = new URL(event.request.url);
  const old = await kept(pathname, hours);
  const slow = new Promise((_, reject) => old && setTimeout(reject, PATIENCE));
  try {
    const response = await Promise.race([fetch(event.request), slow]);
    if (old && [502, 503, 504].includes(response.status)) return await asOfThen(old);
    if (response.status === 200 && KEPT.test(pathname)) event.waitUntil(keep(pathname, response.clone()));
    return response;
  } catch {
    return old ? asOfThen(old) : apology();
  }
}

// Pages that were only linked to: the form opens without network although nobody opened it before.
async function keepAll(paths, hours) {
  for (const path of paths.filter((one) => KEPT.test(one))) {
    const old = await kept(path, hours);
    if (old && Date.now() - Number(old.headers.get("X-Kept-At")) < FRESH) continue;
    const response = await fetch(path, { headers: { "X-Keep": "1" }, redirect: "manual" });
    if (response.status === 200) await keep(path, response);
  }
}

// Files: a hashed name is a version; others are asked for first.

async function file(request, version) {
  const cache = await caches.open(`files-${version}`);
  const old = await cache.match(request, { ignoreVary: true });
  if (old && HASHED.test(new URL(request.url).pathname)) return old;
  try {
    return await fetch(request);
  } catch (error) {
    if (old) return old;
    throw error;
  }
}

async function clear(version) {
  const names = (await caches.keys()).filter((name) => name.startsWith("files-") && name !== `files-${version}`);
  for (const name of names) await caches.delete(name);
}

// version: of the files, which are kept from the start · hours: how long a page is good, as long as a log-in.
export function serve({ version, files, hours }) {
  addEventListener("install", (event) => {
    const kept = caches.open(`files-${version}`).then((cache) => cache.addAll(files));
    event.waitUntil(kept.then(() => skipWaiting()));
  });
  addEventListener("activate", (event) => event.waitUntil(clear(version).then(() => clients.claim())));
  addEventListener("message", (event) => event.waitUntil(keepAll(event.data.keep, hours).catch(() => {})));
  addEventListener("sync", (event) => event.waitUntil(sendAll().then((why) => why && Promise.reject(new Error(why)))));
  addEventListener("fetch", (event) => {
    const { request } = event;
    const url = new URL(request.url);
    if (request.method !== "GET" || url.origin !== location.origin) return;
    if (request.mode === "navigate") event.respondWith(page(event, hours));
    else if (url.pathname.startsWith("/static/")) event.respondWith(file(request, version));
  });
}
