// The queue as a page shows it, and what makes it send: opening a page, a network that comes back, time.

import { worker } from "./app.js";
import { badge, clock, conflict, make, throwAway, valueOf } from "./queue-parts.js";
import { bell, sendAll } from "./queue-sending.js";
import { entriesOf, SEALS, WAITING } from "./queue-store.js";

const FIRST_PAUSE = 5000;
const LONGEST_PAUSE = 5 * 60 * 1000;
const MOST_DONE = 3;
const account = document.body.dataset.account;
const section = document.querySelector("[data-queue]");
const sending = new Set();
let pause = FIRST_PAUSE;
let timer = 0;
let turns = 0;

const WHY = {
  offline: "现在没有网络，有网络时自动提交。",
  later: "暂时没有提交成功，稍后自动再试。",
  login: "登录已过期，重新登录后自动提交。",
  other: "这台设备上现在登录的是另一个账号；换回原来的账号后自动提交。",
};

// The list

function mendLink(entry) {
  const waited = Math.max(0, Math.round((Date.now() - entry.writtenAt) / 1000));
  const query = new URLSearchParams({ day: entry.day, waited });
  return make("a", {
    className: "button small primary",
    href: `${section.dataset.mend}?${query}#${entry.key}`,
    textContent: "修改",
  });
}

function said(entry) {
  const { above, fields } = entry.answer;
  return make("p", { className: "field-error", textContent: [...above, ...Object.values(fields).flat()].join(" ") });
}

function row(entry) {
  const state = sending.has(entry.key) ? "sending" : entry.state;
  const words = entry.fields ? valueOf(entry, "content") || "没有写明事项" : `${clock(entry.writtenAt)} 填写的一批`;
  const parts = entry.fields ? `${clock(entry.writtenAt)} 填写，${valueOf(entry, "headcount")} 人` : `${entry.message}本机已不留内容。`;
  const text = make("span", { className: "row-text" }, make("strong", { textContent: words }));
  text.append(make("small", { textContent: parts }));
  const line = make(entry.url ? "a" : "div", { className: "row" }, text, badge(state));
  if (entry.url) line.href = entry.url;
  const item = make("li", {}, line);
  if (state === "mend" || state === "stuck") {
    const acts = state === "mend" ? [mendLink(entry), throwAway(entry)] : [throwAway(entry)];
    item.append(said(entry), make("p", { className: "queue-acts" }, ...acts));
  }
  if (state === "conflict") item.append(conflict(entry, () => go()));
  return item;
}

// The one that stands in the form of this page is told of there.
const isInForm = ({ key }) => document.querySelector("form[data-queued]")?.elements.client_key.value === key;

async function show() {
  const turn = ++turns;
  const entries = (await entriesOf(account)).filter((entry) => !isInForm(entry));
  const done = entries.filter(({ state }) => state === "done").slice(-MOST_DONE);
  const waiting = entries.filter(({ state }) => WAITING.includes(state));
  const rows = [...waiting, ...done.reverse()];
  const isLeft = waiting.some(({ state }) => state === "saved");
  // A later look was quicker.
  if (turn !== turns) return isLeft;
  section.hidden = !rows.length;
  section.querySelector("[data-queue-count]").textContent = waiting.length ? `${waiting.length} 条待提交` : "";
  section.querySelector("ul").replaceChildren(...rows.map(row));
  return isLeft;
}

function explain(why) {
  const notice = section.querySelector("[data-queue-why]");
  notice.hidden = !why;
  notice.replaceChildren(WHY[why] ?? "");
  if (why === "login") {
    const next = encodeURIComponent(location.pathname);
    notice.append(make("a", { href: `/login/?next=${next}`, className: "button small", textContent: "登录" }));
  }
}

// Sending

async function go() {
  clearTimeout(timer);
  let why = await sendAll();
  const isLeft = await show();
  if (isLeft && !why) why = "other";
  explain(isLeft ? why : "");
  pause = why ? Math.min(pause * 2, LONGEST_PAUSE) : FIRST_PAUSE;
  if (isLeft) timer = setTimeout(go, pause);
}

function goNow() {
  pause = FIRST_PAUSE;
  return go();
}

// What is missing here

async function tellMissing() {
  const missing = [];
  if (!(await worker)) {
    missing.push("断网时不能重新打开本页，没有提交完之前请不要关闭。");
  }
  if (!SEALS) missing.push("连接没有加密，待提交的内容在本机未加密保存。");
  const line = document.querySelector("[data-queue-missing]");
  line.hidden = !missing.length;
  line.textContent = missing.length ? `这个浏览器或网址功能不全：${missing.join("")}` : "";
}

function tellClosed() {
  const line = document.querySelector("[data-queue-missing]");
  line.hidden = false;
  line.textContent = "这个浏览器不能在本机保存内容（可能是无痕模式）：没有网络时无法登记，请换一个浏览器。";
}

// What was answered to the visit whose page this is

const answered = sessionStorage.getItem("said");
const place = document.querySelector("template[data-queue-said]");
if (answered && place) {
  const notice = place.content.cloneNode(true);
  notice.querySelector("span").textContent = answered;
  document.querySelector("#messages").append(notice);
  sessionStorage.removeItem("said");
}

if (section) {
  tellMissing();
  bell.addEventListener("change", ({ detail }) => {
    if (detail.state === "sending") sending.add(detail.key);
    else sending.delete(detail.key);
    show();
  });
  bell.addEventListener("closed", tellClosed);
  addEventListener("online", goNow);
  addEventListener("offline", () => show().then((isLeft) => explain(isLeft ? "offline" : "")));
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && goNow());
  addEventListener("pageshow", (event) => event.persisted && goNow());
  navigator.storage?.persist?.();
  goNow().catch(tellClosed);
}
