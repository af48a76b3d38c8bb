/** Makes an element. Children are elements or texts; a text is never markup. */
export function element(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

/** Makes an element of a picture. */
export function shape(tag, attributes = {}, ...children) {
  return filled(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);
}

function filled(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) made.setAttribute(name, value === true ? '' : value);
  }
  made.append(...children);
  return made;
}

/** Finds the one element that a selector stands for. */
export function find(selector) {
  return document.querySelector(selector);
}

/** Sets a text, if it is another one: a screen reader would read it out again. */
export function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

/** Makes a text of fine or bad news; empty for none. */
export function setNews(target, text, kind = '') {
  setText(target, text);
  target.classList.toggle('good', kind === 'good');
  target.classList.toggle('bad', kind === 'bad');
  target.classList.toggle('busy', kind === 'busy');
}
