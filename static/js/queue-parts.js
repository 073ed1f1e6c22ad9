// What pages show of an entry: its badge, its sentences, and the choices it leaves to the person.

import { get, newKey, put, remove } from "./queue-store.js";
import { ring } from "./queue-sending.js";

const BADGES = {
  saved: ["warn", "已保存在本机"],
  sending: ["info", "正在提交"],
  done: ["good", "已提交"],
  mend: ["late", "需要修改"],
  conflict: ["late", "有冲突"],
  stuck: ["late", "不能提交"],
};

export function make(tag, properties = {}, ...inside) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...inside);
  return element;
}

export function badge(state) {
  const [tone, textContent] = BADGES[state];
  return make("span", { className: `badge ${tone}`, textContent });
}

export const clock = (instant) => {
  const at = new Date(instant);
  const time = `${at.getHours()}:${String(at.getMinutes()).padStart(2, "0")}`;
  return at.toDateString() === new Date().toDateString() ? time : `${at.getMonth() + 1}月${at.getDate()}日 ${time}`;
};

export const valueOf = (entry, name) => entry.fields?.find(([field]) => field === name)?.[1] ?? "";

export function button(textContent, act, tone = "") {
  const made = make("button", { type: "button", className: `button small ${tone}`, textContent });
  made.addEventListener("click", act);
  return made;
}

// Asked for twice: what is thrown away here is nowhere else.
export function throwAway(entry, words = "删去") {
  const made = button(words, async () => {
    if (made.dataset.sure) {
      await remove(entry.key);
      ring({ key: entry.key });
    }
    made.dataset.sure = "yes";
    made.textContent = "确定删去？";
  });
  return made;
}

// Stored again as a party of its own.
export async function asAnother(entry) {
  const key = newKey();
  await put({ ...(await get(entry.key)), key, state: "saved", answer: null });
  await remove(entry.key);
  return key;
}

// Both stand: the earlier one with the server, the other one here. `act` is told the new key when both are meant.
export function conflict(entry, act) {
  const { url, earlier } = entry.answer;
  const said = make("div", { className: "queue-both" });
  said.setAttribute("role", "alert");
  said.append(
    make("strong", { textContent: "这份表单已经登记过另一内容，这次的还没有保存。" }),
    make("p", { className: "quiet-text", textContent: "先前登记的" }),
    make("p", {}, make("a", { href: url, textContent: earlier[0] })),
    make("p", { className: "quiet-text", textContent: earlier.slice(1).join("；") }),
    make("p", { className: "quiet-text", textContent: "这次填写的" }),
    make("p", { textContent: valueOf(entry, "content") || "没有写明事项" }),
    make("p", { className: "quiet-text", textContent: `${valueOf(entry, "headcount")} 人，${clock(entry.writtenAt)} 填写` }),
    make(
      "p",
      { className: "queue-acts" },
      button("作为另一批登记", async () => act(await asAnother(entry)), "primary"),
      throwAway(entry, "只留先前的"),
    ),
  );
  return said;
}
