// What stands in a form, as pairs of name and value, and back into it. Passwords, files and the forgery token stay out.

const kept = (field) =>
  field.name &&
  field.name !== "csrfmiddlewaretoken" &&
  !["password", "file", "submit", "button"].includes(field.type) &&
  !field.hasAttribute("data-draft-skip");

export function read(form) {
  const values = [];
  for (const field of form.elements) {
    if (!kept(field)) continue;
    if (["checkbox", "radio"].includes(field.type)) {
      if (field.checked) values.push([field.name, field.value]);
    } else if (field.multiple) {
      for (const option of field.selectedOptions) values.push([field.name, option.value]);
    } else values.push([field.name, field.value]);
  }
  return values;
}

export function write(form, values) {
  for (const field of form.elements) {
    if (!kept(field)) continue;
    const mine = values.filter(([name]) => name === field.name).map(([, value]) => value);
    if (["checkbox", "radio"].includes(field.type)) field.checked = mine.includes(field.value);
    else if (field.multiple) for (const option of field.options) option.selected = mine.includes(option.value);
    else if (mine.length) field.value = mine[0];
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}
