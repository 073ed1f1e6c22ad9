// − and + beside a number field. The field's own min, max and step are the rule.

function refresh(stepper) {
  const input = stepper.querySelector("input");
  for (const button of stepper.querySelectorAll("[data-step]")) {
    const limit = button.dataset.step > 0 ? input.max : input.min;
    button.disabled = input.disabled || (limit !== "" && Number(input.value) === Number(limit));
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-stepper] [data-step]");
  if (!button) return;
  const stepper = button.closest("[data-stepper]");
  const input = stepper.querySelector("input");
  if (button.dataset.step > 0) input.stepUp();
  else input.stepDown();
  input.dispatchEvent(new Event("input", { bubbles: true }));
  refresh(stepper);
});

document.addEventListener("input", (event) => {
  const stepper = event.target.closest("[data-stepper]");
  if (stepper) refresh(stepper);
});

const refreshAll = () => document.querySelectorAll("[data-stepper]").forEach(refresh);
document.addEventListener("htmx:load", refreshAll);
refreshAll();
