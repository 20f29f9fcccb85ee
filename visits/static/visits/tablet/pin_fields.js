// Choosing a PIN or passphrase: typed twice. Plain text fields shown as dots: a password field would have the
// browser offer to keep it, on the disk.
import { h } from "./dom.js";
import { field } from "./fields.js";
import { LEAST_LENGTH } from "./pin.js";
import { t } from "./texts.js";

export const secretInput = (id) =>
  h("input", { id, type: "text", class: "secret", autocomplete: "off", autocapitalize: "none", spellcheck: "false", inputmode: "text", maxlength: "80" });

const isEasy = (secret) => {
  const steps = new Set(Array.from(secret.slice(1), (letter, at) => letter.charCodeAt(0) - secret.charCodeAt(at)));
  return steps.size === 1 || new Set(secret).size < 3;
};

/** {element, read}: `read` gives the chosen secret, or null after saying what is wrong with it. */
export function pinFields() {
  const first = secretInput("pin-new");
  const second = secretInput("pin-again");
  const element = h(
    "div",
    {},
    field(t("pin.new"), first, { hint: t("pin.new-hint") }),
    field(t("pin.again"), second),
  );

  function refuse(input, text) {
    element.querySelector(`#${input.id}-error`).textContent = text;
    input.setAttribute("aria-invalid", "true");
    input.focus();
    return null;
  }

  function read() {
    for (const input of [first, second]) {
      input.removeAttribute("aria-invalid");
      element.querySelector(`#${input.id}-error`).textContent = "";
    }
    const secret = first.value;
    if ([...secret].length < LEAST_LENGTH) return refuse(first, t("pin.short"));
    if (isEasy(secret)) return refuse(first, t("pin.easy"));
    if (second.value !== secret) return refuse(second, t("pin.differs"));
    return secret;
  }

  return { element, read };
}
