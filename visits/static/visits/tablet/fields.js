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

/** A telephone number as it was typed, as digits; and whether these are one. */
export const phoneDigits = (typed) => typed.replaceAll(/[^\d+]/g, "");
export const isPhone = (digits) => /^\+?\d{8,15}$/.test(digits);

/** A birth date as day, month and year, whatever order the browser would put them in. `read()` gives "", an ISO
 * date, or null where it is not a date; `raw()` gives the three parts as typed, and `value` takes either. */
export function birthField(id, value) {
  const [year, month, day] = Array.isArray(value) ? value : value ? value.split("-").map((one) => String(Number(one))) : ["", "", ""];
  const locale = document.documentElement.lang === "en" ? "en-GB" : "id-ID";
  const months = Array.from({ length: 12 }, (_, at) => [
    String(at + 1),
    new Intl.DateTimeFormat(locale, { month: "long", timeZone: "UTC" }).format(Date.UTC(2000, at, 15)),
  ]);
  const days = text(`${id}-day`, day, { inputmode: "numeric", maxlength: "2" });
  const monthly = select(`${id}-month`, month, months, "–");
  const years = text(`${id}-year`, year, { inputmode: "numeric", maxlength: "4" });
  const part = (label, input) => h("div", {}, h("label", { for: input.id }, label), input);
  const element = h(
    "fieldset",
    { class: "field", id, "aria-describedby": `${id}-hint ${id}-error` },
    h("legend", {}, t("capture.birth")),
    h("p", { class: "hint", id: `${id}-hint` }, t("capture.birth-hint")),
    h("p", { class: "error", id: `${id}-error` }),
    h("div", { class: "date-parts" }, part(t("capture.day"), days), part(t("capture.month"), monthly), part(t("capture.year"), years)),
  );
  const read = () => {
    const given = [years.value.trim(), monthly.value, days.value.trim()];
    if (given.every((one) => one === "")) return "";
    const [y, m, d] = given.map(Number);
    const date = new Date(Date.UTC(y, m - 1, d));
    const real = /^\d{4}$/.test(given[0]) && date.getUTCMonth() === m - 1 && date.getUTCDate() === d;
    return real ? date.toISOString().slice(0, 10) : null;
  };
  return { element, focus: days.id, read, raw: () => [years.value, monthly.value, days.value] };
}

/** An error goes away as soon as its field is touched again. */
export function forgetErrors(event) {
  const marked = event.target.closest?.(".has-error");
  if (!marked) return;
  marked.classList.remove("has-error");
  marked.querySelector(".error").textContent = "";
  for (const one of marked.querySelectorAll("[aria-invalid]")) one.removeAttribute("aria-invalid");
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
