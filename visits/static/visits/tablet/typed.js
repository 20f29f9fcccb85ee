// The one door for text on the tablet, as outreach/lib/text.py is the office's: what is typed or pasted loses what nobody
// sees, and has plain spaces, dashes and digits, before any screen reads it. A PIN stays as it was typed.

const INVISIBLE = /[\p{Cf}\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\u{e0100}-\u{e01ef}]/u;
const DIGIT = /\p{Nd}/u;
const DASH = /[\p{Pd}\u2212\u2043\u02d7]/u;
const SPACE = /[\p{Zs}\u2800]/u;
const LINE_END = /[\v\f\u0085\u2028\u2029]/;
const FULLWIDTH = /[\uff01-\uff5e]/;
const TEXTS = ":is(textarea, input[type=text], input[type=tel], input[type=search], input:not([type])):not(.secret)";

/** The digits of a script stand in a row from its zero on, so that one's value is how many stand before it. */
function valueOf(digit) {
  let before = 0;
  const code = digit.codePointAt(0);
  while (DIGIT.test(String.fromCodePoint(code - before - 1))) before += 1;
  return String(before % 10);
}

function cleanCharacter(character) {
  if (character === "\n" || (character >= " " && character <= "~")) return character;
  if (LINE_END.test(character)) return "\n";
  if (character === "\t" || SPACE.test(character)) return " ";
  if (INVISIBLE.test(character) || /\p{Cc}/u.test(character)) return "";
  if (DIGIT.test(character)) return valueOf(character);
  if (DASH.test(character)) return "-";
  return FULLWIDTH.test(character) ? String.fromCodePoint(character.codePointAt(0) - 0xfee0) : character;
}

/** The text as the rest of the app may read it; spaces around it stay while somebody is typing. */
export const cleanTyped = (text) => Array.from(text.replaceAll(/\r\n?/g, "\n").normalize("NFC"), cleanCharacter).join("");

function onPaste(event) {
  if (!event.target.matches?.(TEXTS)) return;
  const pasted = event.clipboardData?.getData("text/plain") ?? "";
  const clean = cleanTyped(pasted).trim();
  if (clean === pasted) return;
  event.preventDefault(); // before a field's greatest length cuts it
  document.execCommand("insertText", false, clean);
}

function onInput(event) {
  const field = event.target;
  if (event.isComposing || !field.matches?.(TEXTS)) return;
  const clean = cleanTyped(field.value);
  if (clean === field.value) return;
  const caret = cleanTyped(field.value.slice(0, field.selectionStart ?? field.value.length)).length;
  field.value = clean;
  field.setSelectionRange(caret, caret);
}

/** Clean what comes into any text field of the page from now on, before its screen hears of it. */
export function watchTyping(page = document) {
  page.addEventListener("paste", onPaste, true);
  page.addEventListener("input", onInput, true);
  page.addEventListener("compositionend", onInput, true);
}
