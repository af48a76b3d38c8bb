// C0 and C1 controls, DEL, the line separators of Unicode. Written out in \u form: the characters themselves are invisible.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is for.
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;
// The same, and the characters that change the direction of the text around them.
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above.
const CONTROLS_AND_DIRECTIONS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const SHORT = new Map([
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

function escapeCharacter(character: string): string {
  return SHORT.get(character) ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Shows line breaks and control characters as JSON does, so that a text stays on its one line. */
export function onOneLine(text: string): string {
  return text.replace(CONTROLS, escapeCharacter);
}

/** A text from outside made fit for a log line: cut at `maxLength` UTF-16 units, unable to forge or turn the line. */
export function forLog(text: string, maxLength = 100): string {
  const cut =
    text.length > maxLength ? `${text.slice(0, maxLength).toWellFormed()}… (${text.length} characters)` : text;
  return cut.replace(CONTROLS_AND_DIRECTIONS, escapeCharacter);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Escapes a text for use as HTML content or as a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
