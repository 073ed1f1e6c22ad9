// What was typed survives a reload, a lost signal and an expired log-in.
// <form data-draft="visit"> is kept in this browser, per account, for a day, and dropped when a page comes back
// with a notice of success. Passwords, files and the forgery token are never kept.

import { read, write } from "./fields.js";

const LIFE = 24 * 60 * 60 * 1000;
const PREFIX = "draft:";
const SENT = "draft-sent";
const account = document.body.dataset.account ?? "";
const keyOf = (form) => `${PREFIX}${account}:${form.dataset.draft}`;

function stored(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

function dropOld() {
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith(PREFIX) && !(Date.now() - stored(key)?.at < LIFE)) localStorage.removeItem(key);
  }
}

function dropSent() {
  const key = sessionStorage.getItem(SENT);
  if (key && document.querySelector("[data-done]")) {
    localStorage.removeItem(key);
    sessionStorage.removeItem(SENT);
  }
}

function tell(form, words, action) {
  form.querySelector(".draft-note")?.remove();
  const note = document.createElement("p");
  note.className = "notice info draft-note";
  note.setAttribute("role", "status");
  note.append(Object.assign(document.createElement("span"), { textContent: words }));
  if (action) {
    const button = Object.assign(document.createElement("button"), {
      type: "button",
      className: "button plain small",
      textContent: action.label,
    });
    button.addEventListener("click", action.act);
    note.append(button);
  }
  form.prepend(note);
}

function restore(form) {
  const draft = stored(keyOf(form));
  // A form that comes back with its errors already carries what was typed.
  if (!draft || form.matches("[data-mended]") || form.querySelector("[aria-invalid='true'], [role='alert']")) return;
  write(form, draft.values);
  tell(form, "已恢复上次没有提交的内容。", {
    label: "清空重填",
    act() {
      localStorage.removeItem(keyOf(form));
      location.reload();
    },
  });
}

function keep(form) {
  try {
    localStorage.setItem(keyOf(form), JSON.stringify({ at: Date.now(), values: read(form) }));
  } catch {
    // A full or closed store only costs the convenience.
  }
}

document.addEventListener("input", (event) => {
  const form = event.isTrusted && event.target.form;
  if (form && form.matches("[data-draft]")) keep(form);
});

document.addEventListener("click", (event) => {
  const form = event.target.closest("[data-stepper] button")?.form;
  if (form?.matches("[data-draft]")) keep(form);
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  // What the queue took over (queue-form.js) is safe already.
  if (!form.matches("[data-draft]") || event.defaultPrevented) return;
  keep(form);
  if (navigator.onLine) {
    sessionStorage.setItem(SENT, keyOf(form));
  } else {
    event.preventDefault();
    tell(form, "现在没有网络。内容已存在这台设备上，信号恢复后请再次提交。");
  }
});

document.addEventListener("queued", (event) => localStorage.removeItem(keyOf(event.target)));

dropOld();
dropSent();
document.querySelectorAll("form[data-draft]").forEach(restore);
