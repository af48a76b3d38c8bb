import { find } from './element.js';

/** Shows a command that does the same as what was just done. */
export function showCommand(text) {
  find('#command').hidden = false;
  find('#command code').textContent = text;
}

/** Writes a text as a word of a shell's command. */
export function quoted(text) {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Makes the button copy. */
export function wireCopy() {
  const button = find('#command button');
  button.addEventListener('click', async () => {
    const code = find('#command code');
    try {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = 'Copied';
    } catch {
      // Not allowed: then it is selected, for Ctrl+C.
      getSelection()?.selectAllChildren(code);
      button.textContent = 'Selected: press Ctrl+C';
    }
    setTimeout(() => {
      button.textContent = 'Copy';
    }, 2_000);
  });
}
