// What is read out and agreed to (F-1.02), and who signs for somebody who cannot (F-1.07). The main button is the yes.
import { button, h, icon, put } from "../dom.js";
import { choices, field, select, text } from "../fields.js";
import { word } from "../parts.js";
import { t } from "../texts.js";

const RELATIONS = ["family", "neighbour", "neighbourhood_head", "village_officer", "health_worker"];

export function build({ fields }, { visit, changed, redrawMain }) {
  let consent = fields.consent;
  const signer = choices("signer", t("consent.signer"), [["self", t("consent.self")], ["other", t("consent.other")]], fields.signer || "self");
  const name = text("attorney-name", fields.attorney_name, { maxlength: "120" });
  const relation = select("attorney-relation", fields.attorney_relation, RELATIONS.map((code) => [code, word("relation", code)]), t("consent.relation-choose"));
  const witness = text("attorney-witness", fields.attorney_witness, { maxlength: "120" });
  const attorney = h(
    "section",
    { class: "attorney", "aria-labelledby": "attorney-title" },
    h("h2", { id: "attorney-title" }, t("consent.attorney")),
    h("p", { class: "hint" }, t("consent.attorney-text")),
    field(t("consent.attorney-name"), name),
    field(t("consent.attorney-relation"), relation),
    field(t("consent.attorney-witness"), witness, { hint: t("consent.attorney-witness-hint") }),
  );
  const said = h("div", { id: "consent-said", role: "status" });

  function draw() {
    attorney.hidden = signer.read() !== "other";
    put(
      said,
      consent && h("p", { class: "ok" }, icon("check"), t("consent.given")),
      consent && button({ class: "button secondary", id: "consent-back", onclick: takeBack }, icon("undo"), t("consent.take-back")),
    );
    redrawMain();
  }

  function takeBack() {
    consent = false;
    draw();
    changed();
  }

  signer.element.addEventListener("change", draw);
  attorney.hidden = (fields.signer || "self") !== "other";
  return {
    content: [
      h("section", { class: "card statement", "aria-labelledby": "statement-title" }, h("h2", { id: "statement-title" }, t("consent.read-out")), h("p", {}, t(`consent.text-${fields.way}`))),
      h("p", { class: "error", id: "consent-error" }),
      signer.element,
      attorney,
      said,
      h("p", {}, h("a", { class: "button secondary", href: `#/gagal/${visit}` }, icon("close"), t("consent.none"))),
    ],
    start: draw,
    /** The main button says yes, as long as nobody has. */
    main: () => (consent ? null : { words: [icon("check"), t("consent.agree")], act: () => { consent = true; } }),
    read: () => ({
      fields: {
        consent,
        signer: signer.read(),
        attorney_name: name.value.trim(),
        attorney_relation: relation.value,
        attorney_witness: witness.value.trim(),
      },
    }),
  };
}
