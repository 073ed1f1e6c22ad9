// Where the browser can work for it, a proof of work takes the place of the sum; it needs https or the machine itself.

const place = document.querySelector("[data-captcha]");
const sum = place.querySelector("[data-sum]");
const form = place.closest("form");

function work() {
  globalThis.$altcha.algorithms.set("SHA-256", () => new Worker(place.dataset.worker));
  const widget = document.createElement("altcha-widget");
  const attributes = {
    auto: "onload",
    challenge: place.dataset.captcha,
    language: "zh-cn",
    name: "altcha",
    configuration: JSON.stringify({ hideFooter: true, hideLogo: true, humanInteractionSignature: false }),
  };
  for (const [name, value] of Object.entries(attributes)) widget.setAttribute(name, value);
  let state = "unverified";
  let waiting = null;
  widget.addEventListener("statechange", (event) => {
    state = event.detail.state;
    // When it does not come about, the sum is there again.
    if (state === "error") sum.hidden = false;
    if (state === "verified" && waiting) {
      const button = waiting;
      waiting = null;
      form.requestSubmit(button);
    }
  });
  // Sent too early, the form waits for the work to be done.
  form.addEventListener("submit", (event) => {
    if (event.submitter?.name === "suggest" || !sum.hidden || state === "verified") return;
    event.preventDefault();
    waiting = event.submitter;
    waiting?.setAttribute("aria-disabled", "true");
  });
  sum.hidden = true;
  place.prepend(widget);
}

if (globalThis.isSecureContext && globalThis.crypto?.subtle && customElements.get("altcha-widget")) work();
