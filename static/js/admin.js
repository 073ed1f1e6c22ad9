// The admin's calendar writes «November 2026»; an office writes 2026年11月.

if (globalThis.CalendarNamespace) {
  const { draw } = CalendarNamespace;
  CalendarNamespace.draw = (month, year, id, ...rest) => {
    draw(month, year, id, ...rest);
    document.querySelector(`#${CSS.escape(id)} caption`).textContent = `${year}年${month}月`;
  };
}

// Pressing anywhere in a row's card opens nothing by surprise: only links do. Enter in the search box is enough,
// so clearing the box by its cross searches again.
document.getElementById("searchbar")?.addEventListener("search", (event) => event.target.form.requestSubmit());
