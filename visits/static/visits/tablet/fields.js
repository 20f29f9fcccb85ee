// Fields of a form: label, hint, error and input tied together; errors also in a summary at the top.
import { button, h } from "./dom.js";
import { t } from "./texts.js";

/** A labelled field. `input` has an id; its error appears above it. */
export function field(label, input, { hint = null } = {}) {
  const error = h("p", { class: "error", id: `${input.id}-error` });
  const tip = hint && h("p", { class: "hint", id: `${input.id}-hint` }, hint);
  input.setAttribute("aria-describedby", [tip?.id, error.id].filter(Boolean).join(" "));
  return h("div", { class: "field" }, h("label", { for: input.id }, label), tip, error, input);
}

export const text = (id, value, properties = {}) =>
  h("input", { id, type: "text", autocomplete: "off", value: value ?? "", ...properties });

export function select(id, value, options, empty) {
  return h(
    "select",
    { id },
    empty !== undefined && h("option", { value: "" }, empty),
    options.map(([code, word]) => h("option", { value: code, selected: code === value }, word)),
  );
}

/** One choice of several, as big buttons. `read()` gives the chosen code or "". */
export function choices(name, legend, options, value) {
  const inputs = options.map(([code]) =>
    h("input", { type: "radio", name, id: `${name}-${code}`, value: code, checked: code === value }),
  );
  const error = h("p", { class: "error", id: `${name}-error` });
  const element = h(
    "fieldset",
    { class: "field", id: name, "aria-describedby": error.id },
    h("legend", {}, legend),
    error,
    options.map(([, word], place) => h("div", { class: "pick" }, inputs[place], h("label", { for: inputs[place].id }, word))),
  );
  return { element, focus: inputs[0].id, read: () => inputs.find((input) => input.checked)?.value ?? "" };
}

export function checkbox(id, label, checked = false) {
  const input = h("input", { type: "checkbox", id, checked, "aria-describedby": `${id}-error` });
  const element = h(
    "div",
    { class: "field" },
    h("p", { class: "error", id: `${id}-error` }),
    h("div", { class: "pick" }, input, h("label", { for: id }, label)),
  );
  return { element, input };
}

/** Show errors [{id, field, text}] at their fields and in the summary; focus goes to the summary. */
export function showErrors(form, summary, errors) {
  for (const place of form.querySelectorAll(".error")) place.textContent = "";
  for (const marked of form.querySelectorAll(".has-error")) marked.classList.remove("has-error");
  for (const marked of form.querySelectorAll("[aria-invalid]")) marked.removeAttribute("aria-invalid");
  for (const { id, text: words } of errors) {
    const place = form.querySelector(`#${id}-error`);
    place.textContent = words;
    place.closest(".field")?.classList.add("has-error");
    form.querySelector(`#${id}`)?.setAttribute("aria-invalid", "true");
  }
  summary.hidden = !errors.length;
  summary.replaceChildren(
    h("h2", {}, t("capture.errors")),
    h(
      "ul",
      {},
      errors.map(({ focus, text: words }) =>
        h("li", {}, button({ class: "button link", onclick: () => form.querySelector(`#${focus}`).focus() }, words)),
      ),
    ),
  );
  if (errors.length) summary.focus();
}
