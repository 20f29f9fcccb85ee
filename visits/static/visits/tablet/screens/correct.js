// A family's contact, or the place of a home, that turned out to be another one.
import { put } from "../dom.js";
import { field, forgetErrors, isPhone, phoneDigits, showErrors, text } from "../fields.js";
import * as outbox from "../outbox.js";
import { announce, button, h, heading, icon, phoneText } from "../parts.js";
import { position } from "../position.js";
import { t } from "../texts.js";
import { openForm } from "./home_form.js";

const EXACT_M = 100; // vaguer than that, it might be the neighbour's

/** `draft` is what was typed before; `typed` hears of every key with {name, phone}. */
function contactForm({ name, phone }, { draft, typed, save }) {
  const names = text("contact-name", draft.name, { maxlength: "120" });
  const phones = text("contact-phone", draft.phone, { type: "tel", maxlength: "30", inputmode: "tel" });
  const summary = h("div", { class: "error-summary", role: "alert", tabindex: "-1", hidden: true });
  const known = [name, phone && phoneText(phone)].filter(Boolean).join(" · ");
  const form = h(
    "form",
    { novalidate: true, autocomplete: "off" },
    h("h2", {}, t("correct.contact")),
    h("p", { class: "muted" }, known ? t("correct.known", { contact: known }) : t("correct.unknown")),
    summary,
    field(t("correct.phone"), phones, { hint: t("correct.phone-hint") }),
    field(t("correct.name"), names, { hint: t("correct.name-hint") }),
    h("div", { class: "actions" }, h("button", { type: "submit", class: "button primary" }, icon("save"), t("correct.send"))),
  );
  form.addEventListener("input", forgetErrors);
  form.addEventListener("input", () => typed({ name: names.value, phone: phones.value }));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const told = { name: names.value.trim(), phone: phoneDigits(phones.value) };
    const wrong = phones.value.trim() ? !isPhone(told.phone) && "error.phone" : !told.name && "error.contact";
    showErrors(form, summary, wrong ? [{ id: "contact-phone", focus: "contact-phone", text: t(wrong) }] : []);
    if (!wrong) save(Object.fromEntries(Object.entries(told).filter(([, value]) => value)));
  });
  return form;
}

function placeForm(save) {
  const said = h("p", { class: "error", role: "status" });
  const here = button({ class: "button secondary", id: "place-here" }, icon("arrive"), t("correct.here"));
  here.addEventListener("click", async () => {
    here.disabled = true;
    said.textContent = "";
    const found = await position();
    here.disabled = false;
    if (found && found.accuracy_m <= EXACT_M) save(found);
    else said.textContent = found ? t("correct.vague", { m: found.accuracy_m }) : t("correct.no-place");
  });
  return h("section", {}, h("h2", {}, t("correct.place")), h("p", {}, t("correct.place-text")), said, h("div", { class: "actions" }, here));
}

export async function show(root, { visit }) {
  const home = await openForm(visit, "correct");
  if (!home) return null;
  const savePlace = async (place) => {
    await outbox.correct(visit, "location_fixed", place);
    announce(t("correct.saved"));
    location.hash = home.back;
  };
  put(
    root,
    h(
      "div",
      { class: "narrow" },
      home.backLink(),
      heading(t("correct.title")),
      contactForm(home.stop.contact ?? {}, {
        draft: home.fields,
        typed: (fields) => home.typed(fields),
        save: (contact) => home.handIn(() => outbox.correct(visit, "contact_corrected", contact), t("correct.saved")),
      }),
      placeForm(savePlace),
    ),
  );
  return () => home.keeper.close();
}
