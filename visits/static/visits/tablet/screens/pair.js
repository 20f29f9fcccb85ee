// The first screen of a new tablet: the coordinator's code makes it part of a team.
import { Trouble } from "../api.js";
import { pair } from "../device.js";
import { put } from "../dom.js";
import { button, h, heading, troubleText } from "../parts.js";
import { pinFields } from "../pin_fields.js";
import { changed, keep, state } from "../state.js";
import { askToKeep } from "../storage.js";
import { syncNow } from "../sync.js";
import { t } from "../texts.js";
import { create, isOpen } from "../vault.js";

const LETTERS = /^[23456789A-HJ-NP-Z]{10}$/;
export const tidy = (code) => code.toUpperCase().replaceAll(/[^A-Z0-9]/g, "");
const grouped = (code) => [code.slice(0, 4), code.slice(4, 8), code.slice(8)].filter(Boolean).join("-");

export function show(root, { offered }) {
  const field = h("input", {
    id: "code",
    type: "text",
    autocomplete: "off",
    autocapitalize: "characters",
    spellcheck: "false",
    maxlength: "14",
    value: offered?.code ? grouped(tidy(offered.code)) : "",
    "aria-describedby": "code-hint code-error",
  });
  const pin = isOpen() ? null : pinFields();
  const error = h("p", { id: "code-error", class: "error" });
  const submit = button({ class: "button primary", type: "submit" }, t("pair.button"));

  function refuse(text) {
    error.textContent = text;
    field.setAttribute("aria-invalid", "true");
    field.focus();
  }

  async function join(event) {
    event.preventDefault();
    const code = tidy(field.value);
    error.textContent = "";
    field.removeAttribute("aria-invalid");
    if (!LETTERS.test(code)) return refuse(t("pair.code-short"));
    const secret = isOpen() ? null : pin.read();
    if (!isOpen() && !secret) return undefined;
    submit.disabled = true;
    put(submit, t("pair.busy"));
    try {
      if (secret) {
        await create(secret);
        pin.element.hidden = true;
      }
      await pair({ code: grouped(code), fingerprint: offered?.fingerprint ?? null });
      askToKeep().then((kept) => !kept && keep({ choices: { ...state.choices, askedToKeep: Date.now() } }));
      changed("paired");
      syncNow();
    } catch (trouble) {
      if (!(trouble instanceof Trouble)) throw trouble;
      refuse(troubleText(trouble));
    } finally {
      submit.disabled = false;
      put(submit, t("pair.button"));
    }
    return undefined;
  }

  put(
    root,
    h(
      "div",
      { class: "narrow" },
      heading(t("pair.title")),
      h("p", {}, t("pair.lead")),
      h(
        "form",
        { onsubmit: join, novalidate: true, autocomplete: "off" },
        h(
          "div",
          { class: "field" },
          h("label", { for: "code" }, t("pair.code")),
          h("p", { id: "code-hint", class: "hint" }, t("pair.code-hint")),
          error,
          field,
        ),
        pin?.element,
        submit,
      ),
      h("p", { class: "muted after" }, t("pair.lock-advice")),
    ),
  );
}
