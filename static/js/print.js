// A button that prints the page; without this script there is no such button. Whatever makes the browser print, the trail
// hears of it: the page that was printed, not what stood on it.

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// On public pages there is nobody to be told about.
const printed = document.querySelector("script[data-printed]")?.dataset.printed;
const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value;

if (printed && token) {
  window.addEventListener("beforeprint", () => {
    const body = new FormData();
    body.append("csrfmiddlewaretoken", token);
    body.append("page", location.pathname + location.search);
    fetch(printed, { method: "POST", body, keepalive: true });
  });
}
