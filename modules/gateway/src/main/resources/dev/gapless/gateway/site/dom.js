// Makes elements. Texts are texts: nothing is ever read as HTML.

const SVG = 'http://www.w3.org/2000/svg';

/** An element with attributes, of which those that are null or false are left out, and with children: elements or texts. */
export function h(tag, attributes, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** The same of SVG. */
export function svg(tag, attributes, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) {
      continue;
    }
    if (typeof value === 'function') {
      element.addEventListener(name, value);
    } else {
      element.setAttribute(name, value === true ? '' : String(value));
    }
  }
  add(element, ...children);
  return element;
}

/** Adds children; null is none. */
export function add(element, ...children) {
  for (const child of children.flat()) {
    if (child !== null && child !== undefined) {
      element.append(child);
    }
  }
}

/** Gives it this text, if it has another one. */
export function put(element, text) {
  const now = text === null || text === undefined ? '' : String(text);
  if (element.textContent !== now) {
    element.textContent = now;
  }
}

/** Gives it these children in place of those that it has. */
export function replace(element, ...children) {
  element.replaceChildren();
  add(element, ...children);
}

/** Gives it this attribute, if it has another one; null for none. */
export function mark(element, name, value) {
  if (value === null || value === undefined || value === false) {
    if (element.hasAttribute(name)) {
      element.removeAttribute(name);
    }
  } else if (element.getAttribute(name) !== String(value)) {
    element.setAttribute(name, String(value));
  }
}

const PATHS = {
  ok: 'M3.5 8.5l3 3 6-7',
  warn: 'M8 2.5l6 11H2zM8 6.5v3.2M8 11.9v.1',
  bad: 'M4 4l8 8M12 4l-8 8',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  wait: 'M8 4.5V8l2.5 2M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8',
  gap: 'M2 8h3M11 8h3M7 5.5l2 5',
};

/** A small picture that says what its text says, too. */
export function icon(kind) {
  return svg('svg', { class: 'icon', viewBox: '0 0 16 16', 'aria-hidden': 'true' }, svg('path', { d: PATHS[kind] ?? PATHS.wait }));
}

/** A state: its colour, its picture and its word say the same. */
export function badge(kind, text) {
  return h('span', { class: `badge ${kind}` }, icon(kind), h('span', null, text));
}

/** Shows a state in an element, which is made anew only if it differs. */
export function putBadge(element, kind, text) {
  const name = `${kind} ${text}`;
  if (element.dataset.badge !== name) {
    element.dataset.badge = name;
    replace(element, badge(kind, text));
  }
}
