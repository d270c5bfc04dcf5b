// Making elements, and finding those of the page.

export const byId = (id) => document.getElementById(id);

/** An element with properties, `data-…` and `aria-…` attributes, and children. */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes("-") || name === "role" || name === "for") element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children);
  return element;
}

/** Changes a text only where it differs, so that a screen reader is not told the same again. */
export function say(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}
