// A form that is sent over a bad line: it says that it works, and however often it is sent it stays one form.

// A browser that goes back may fetch the page anew, with a new key in it. The entry in its history keeps the first
// one, so that what was already sent is recognised.
for (const form of document.querySelectorAll("[data-sending]")) {
  const key = form.elements.client_key;
  if (!key) continue;
  key.value = history.state?.clientKey ?? key.value;
  history.replaceState({ ...history.state, clientKey: key.value }, "");
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-sending]") || event.defaultPrevented) return;
  if (form.dataset.sending === "now") {
    event.preventDefault();
    return;
  }
  form.dataset.sending = "now";
  const button = event.submitter ?? document.querySelector(`[form="${form.id}"]`);
  button.dataset.words = button.textContent;
  button.textContent = "正在提交…";
  button.setAttribute("aria-disabled", "true");
});

// A page kept in memory comes back as it was left.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("[data-sending='now']")) {
    form.dataset.sending = "";
    for (const button of document.querySelectorAll(`[form="${form.id}"][data-words]`)) {
      button.textContent = button.dataset.words;
      button.removeAttribute("aria-disabled");
    }
  }
});
