// The form of a visit goes through the queue: kept on this phone first, then sent. Without IndexedDB it is sent as ever.

import { conflict, make } from "./queue-parts.js";
import { bell, ring, sendAll } from "./queue-sending.js";
import { get, isAnythingSaved, newKey, put } from "./queue-store.js";
import { worker } from "./app.js";
import { write } from "./fields.js";

const form = document.querySelector("form[data-queued]");
// How long a person looks at "正在提交…" before the next party can be written down.
const PATIENCE = 8000;
// A second tap must not send the empty form that the first one left behind.
const AFTERTHOUGHT = 1500;
let mended = null;
let renewedAt = 0;

const elementsOf = (name) => [...form.elements].filter((field) => field.name === name);
const sendButton = () => document.querySelector(`button[type="submit"][form="${form.id}"]`);

function busy(isBusy) {
  const sends = sendButton();
  form.dataset.sending = isBusy ? "now" : "";
  if (isBusy) {
    sends.dataset.words = sends.textContent;
    sends.textContent = "正在提交…";
    sends.setAttribute("aria-disabled", "true");
  } else if (sends.dataset.words) {
    sends.textContent = sends.dataset.words;
    sends.removeAttribute("aria-disabled");
  }
}

// Sentences above the form and beside its fields, where the server would write them

function clear() {
  for (const said of form.querySelectorAll("[data-said]")) said.remove();
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
}

function above(tone, ...inside) {
  const notice = make("div", { className: `notice ${tone}`, tabIndex: -1 }, make("div", {}, ...inside));
  notice.dataset.said = "";
  notice.setAttribute("role", tone === "good" ? "status" : "alert");
  form.prepend(notice);
  notice.focus();
}

function beside(name, sentences) {
  const [first] = elementsOf(name);
  const place = first?.closest("fieldset.field, .field");
  if (!place) return sentences;
  const list = make("ul", { className: "field-error", id: `id_${name}_error` });
  list.append(...sentences.map((textContent) => make("li", { textContent })));
  list.dataset.said = "";
  place.append(list);
  for (const field of elementsOf(name)) field.setAttribute("aria-invalid", "true");
  const fold = place.closest("details");
  if (fold) fold.open = true;
  return [];
}

// A link to each field that has something said beside it.
function toMend(names) {
  const list = make("ul", { className: "to-mend" });
  for (const name of names) {
    const said = document.getElementById(`id_${name}_error`);
    const label = said?.parentElement.querySelector("legend, .field-label, label");
    const words = label?.firstChild.textContent.trim();
    if (words) list.append(make("li", {}, make("a", { href: `#${said.id}`, textContent: words })));
  }
  return list;
}

function showAnswer({ above: sentences, fields }) {
  const placeless = Object.entries(fields).flatMap(([name, said]) => beside(name, said));
  above(
    "late",
    make("strong", { textContent: "还没有提交成功，请修改：" }),
    ...[...sentences, ...placeless].map((textContent) => make("p", { textContent })),
    toMend(Object.keys(fields)),
    make("p", { className: "quiet-text", textContent: "填写的内容存在这台设备上，不会丢。" }),
  );
}

// The next party

function renew(key) {
  form.elements.client_key.value = key;
  history.replaceState({ ...history.state, clientKey: key }, "");
}

function startAnew() {
  form.reset();
  renew(newKey());
  form.elements.photos?.dispatchEvent(new Event("change", { bubbles: true }));
  for (const stepped of form.querySelectorAll("[data-stepper] input")) {
    stepped.dispatchEvent(new Event("input", { bubbles: true }));
  }
  above("good", make("strong", { textContent: "已保存在本机，" }), "有网络时自动提交。可以接着登记下一批。");
  mended = null;
  renewedAt = Date.now();
  // It is told of in the list from now on.
  ring({});
}

async function entryOf() {
  const sent = [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken");
  const chosen = sent.map(([, value]) => value).filter((value) => value instanceof File && value.size);
  const photos = chosen.map(async (file) => ({ name: file.name, type: file.type, bytes: await file.arrayBuffer() }));
  return {
    key: form.elements.client_key.value,
    account: document.body.dataset.account,
    day: form.dataset.day,
    writtenAt: mended?.writtenAt ?? Date.now(),
    state: "saved",
    fields: sent.filter(([, value]) => typeof value === "string"),
    photos: chosen.length ? await Promise.all(photos) : (mended?.photos ?? []),
    answer: null,
  };
}

async function send(key) {
  const slow = new Promise((resolve) => setTimeout(resolve, PATIENCE, "later"));
  const pause = await Promise.race([sendAll(key), slow]);
  if (pause === "login") return location.assign(`/login/?next=${encodeURIComponent(location.pathname)}`);
  return show(key);
}

async function show(key) {
  const entry = await get(key);
  if (entry?.state === "done") {
    sessionStorage.setItem("said", entry.message);
    return location.assign(entry.url);
  }
  busy(false);
  if (entry?.state === "conflict") {
    const both = conflict(entry, (another) => {
      both.remove();
      renew(another);
      busy(true);
      send(another);
    });
    both.classList.add("notice", "warn");
    both.dataset.said = "";
    form.prepend(both);
    both.scrollIntoView();
  } else if (entry?.state === "mend" || entry?.state === "stuck") {
    mended = entry;
    showAnswer(entry.answer);
  } else if (entry) startAnew();
  return undefined;
}

async function take() {
  busy(true);
  clear();
  try {
    const entry = await entryOf();
    await put(entry);
    form.dispatchEvent(new CustomEvent("queued", { bubbles: true }));
    ring({ key: entry.key });
    worker.then((registration) => registration?.sync?.register("visits")).catch(() => {});
    await send(entry.key);
  } catch {
    // Nothing can be kept here (the store is full or closed): the browser sends the form itself.
    form.submit();
  }
}

// The form comes back to what the person has to decide on: opened to mend it, or loaded again meanwhile.
async function resume() {
  const isMended = form.matches("[data-mended]");
  const entry = await get(isMended ? location.hash.slice(1) : form.elements.client_key.value);
  if (entry?.state === "saved") renew(newKey());
  else if (entry?.fields) await fillIn(entry);
  else if (isMended) above("warn", "这条来访已不在这台设备上。");
}

async function fillIn(entry) {
  mended = entry;
  write(form, entry.fields);
  renew(entry.key);
  if (entry.photos.length) {
    const textContent = `已保留 ${entry.photos.length} 张照片；重新选择则替换。`;
    form.querySelector("[data-photos]").after(make("p", { className: "field-help", textContent }));
  }
  ring({ key: entry.key });
  await show(entry.key);
}

async function begin() {
  // Fails where nothing can be kept; then the form stays a plain one.
  await isAnythingSaved();
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (form.dataset.sending !== "now" && Date.now() - renewedAt > AFTERTHOUGHT) take();
  });
  form.addEventListener("input", () => (renewedAt = 0));
  form.dataset.queued = "ready";
  await resume();
}

if (form) begin().catch(() => bell.dispatchEvent(new Event("closed")));
