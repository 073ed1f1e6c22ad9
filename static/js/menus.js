// Drop-down menus are <details>, the side navigation is a link target: both work without this file.
// It closes them on a click outside and on Escape, and moves the focus where it belongs.

const openMenus = () => document.querySelectorAll("details.menu[open]");

document.addEventListener("click", (event) => {
  for (const menu of openMenus()) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of openMenus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
  closeSidebar();
});

const sidebar = document.getElementById("sidebar");
const opener = document.querySelector('a[href="#sidebar"]');

function openSidebar() {
  sidebar.classList.add("is-open");
  sidebar.querySelector("a, input").focus();
}

function closeSidebar() {
  if (!sidebar?.classList.contains("is-open")) return;
  sidebar.classList.remove("is-open");
  opener.focus();
}

if (sidebar && opener) {
  opener.addEventListener("click", (event) => {
    event.preventDefault();
    openSidebar();
  });
  sidebar.querySelector(".nav-button").addEventListener("click", (event) => {
    event.preventDefault();
    closeSidebar();
  });
  document.addEventListener("click", (event) => {
    if (!sidebar.contains(event.target) && !opener.contains(event.target)) closeSidebar();
  });
  sidebar.querySelector('[aria-current="page"]')?.scrollIntoView({ block: "nearest" });
}

// Folded groups stay as they were left.
for (const group of document.querySelectorAll("details[data-keep-open]")) {
  const key = `open:${group.dataset.keepOpen}`;
  if (localStorage.getItem(key) === "yes") group.open = true;
  group.addEventListener("toggle", () => localStorage.setItem(key, group.open ? "yes" : "no"));
}

// Where chips or tabs stand in one line that is pushed along, the chosen one is in sight.
for (const line of document.querySelectorAll(".one-line, .tabs")) {
  const chosen = [...line.children].find((one) => one.matches("[aria-current]"));
  if (!chosen) continue;
  const beyond = chosen.getBoundingClientRect().right + 32 - line.getBoundingClientRect().right;
  if (beyond > 0) line.scrollLeft += beyond;
}

document.querySelector("[data-focus]")?.focus();
