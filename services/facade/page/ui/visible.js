import { element } from './element.js';

// Controls, separators, and what changes the direction of the text around it: nobody would see them, or what they do.
const INVISIBLE = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/u;

/** The parts of a text, to be put into an element: what cannot be seen is written out. Line breaks may stay. */
export function visible(text, { keepLines = false } = {}) {
  const parts = [];
  let plain = '';
  for (const character of text) {
    if (!INVISIBLE.test(character) || (keepLines && (character === '\n' || character === '\t'))) {
      plain += character;
      continue;
    }
    if (plain !== '') parts.push(plain);
    plain = '';
    parts.push(element('span', { class: 'escaped' }, `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`));
  }
  if (plain !== '') parts.push(plain);
  return parts;
}

/** The same, as one text. */
export function visibleText(text) {
  return visible(text)
    .map((part) => part.textContent ?? part)
    .join('');
}
