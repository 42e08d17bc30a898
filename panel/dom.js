// Making elements. Texts are always set as text: what stands in a row never becomes markup.

const SVG = "http://www.w3.org/2000/svg";

export const byId = (id) => document.getElementById(id);

// An element with properties, and children that are elements or texts. Empty children are left out.
export function el(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("aria-") || name === "role" || name === "for") made.setAttribute(name, value);
    else made[name] = value;
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}

export function button(text, press, className = "") {
  const made = el("button", { type: "button", className }, text);
  made.addEventListener("click", press);
  return made;
}

export const buttons = (...inside) => el("div", { className: "buttons" }, inside);

// A line drawing of 24 by 24 that says nothing to a screen reader: the words beside it do.
export function icon(path) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

export function show(element, shown = true) {
  element.hidden = !shown;
}

// Says something to who can't see it. What is said twice in a row would be heard once, hence the emptying.
export function say(text) {
  byId("said").textContent = "";
  setTimeout(() => { byId("said").textContent = text; }, 50);
}
