// Elements without markup strings: text goes in as text, so nothing a server or a person wrote can become
// an element or a script.
const SVG = "http://www.w3.org/2000/svg";

function append(element, children) {
  for (const child of children.flat(3)) {
    if (child === null || child === undefined || child === false || child === "") continue;
    element.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return element;
}

/** h("button", {class: "button", type: "button", onclick: save}, "Simpan") */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) {
      if (typeof value !== "function") throw new TypeError(`${name} takes a function`);
      element.addEventListener(name.slice(2), value);
    } else if (name === "value" || name === "checked" || name === "disabled" || name === "selected") {
      element[name] = value;
    } else if (name === "style" || name === "srcdoc") {
      throw new TypeError(`${name} is not set here`);
    } else {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
  return append(element, children);
}

const SHAPES = {
  arrive: ["M12 21s-7-6.2-7-11a7 7 0 0 1 14 0c0 4.800-7 11-7 11z", "M12 7.500a2.500 2.500 0 1 0 0 5 2.500 2.500 0 0 0 0-5z"],
  back: ["M15 5l-7 7 7 7"],
  forward: ["M9 5l7 7-7 7"],
  depart: ["M4 5v14", "M8 12h12", "M15 7l5 5-5 5"],
  camera: ["M4 8h3l2-3h6l2 3h3v11H4z", "M12 10a3.500 3.500 0 1 0 0 7 3.500 3.500 0 0 0 0-7z"],
  check: ["M5 12.500l4.500 4.500L19 7"],
  close: ["M6 6l12 12", "M18 6L6 18"],
  hourglass: ["M7 4h10", "M7 20h10", "M8 4c0 5 8 5 8 16", "M16 4c0 5-8 5-8 16"],
  list: ["M9 6h11", "M9 12h11", "M9 18h11", "M4 6h.010", "M4 12h.010", "M4 18h.010"],
  map: ["M9 4L4 6v14l5-2 6 2 5-2V4l-5 2z", "M9 4v14", "M15 6v14"],
  moon: ["M20 14.500A8 8 0 0 1 9.500 4a8 8 0 1 0 10.500 10.500z"],
  pen: ["M4 20c3-1 4-1 5-2L19 8l-3-3L6 15c-1 1-1 2-2 5z"],
  phone: ["M6 4h3l2 5-2 1.500a11 11 0 0 0 4.500 4.500L15 13l5 2v3a2 2 0 0 1-2 2A14 14 0 0 1 4 6a2 2 0 0 1 2-2z"],
  print: ["M7 9V4h10v5", "M7 17H4V9h16v8h-3", "M7 14h10v6H7z"],
  save: ["M5 4h11l3 3v13H5z", "M8 4v5h7V4", "M8 20v-6h8v6"],
  sun: ["M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8z", "M12 2v2", "M12 20v2", "M2 12h2", "M20 12h2", "M5 5l1.500 1.500", "M17.500 17.500L19 19", "M5 19l1.500-1.500", "M17.500 6.500L19 5"],
  sync: ["M20 6v5h-5", "M4 18v-5h5", "M5.500 9a7 7 0 0 1 12-2.500L20 11", "M18.500 15a7 7 0 0 1-12 2.500L4 13"],
  tablet: ["M6 3h12v18H6z", "M11 18h2"],
  undo: ["M4 9h10a5 5 0 0 1 0 10h-4", "M8 5L4 9l4 4"],
};

/** A drawn sign of 24 px beside a word; never alone, so it is hidden from screen readers. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("focusable", "false");
  for (const shape of SHAPES[name]) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", shape);
    svg.append(path);
  }
  return svg;
}

/** Puts fresh content into a place and keeps the focus on the element of the same id. */
export function put(place, ...content) {
  const held = document.activeElement?.id;
  const inside = held && place.contains(document.activeElement);
  place.replaceChildren();
  append(place, content);
  if (inside) document.getElementById(held)?.focus({ preventScroll: true });
}

export const button = (properties, ...children) => h("button", { type: "button", ...properties }, ...children);

/** A word with its shape: circle planned, square done, triangle late, cross failed, hourglass waiting. */
export const tag = (kind, word) => h("span", { class: `tag ${kind}` }, word);
