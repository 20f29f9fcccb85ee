// The record of a visit, step by step; sealed and committed in one go at the last. Which steps there are says the
// kit's way of recording. Each step has its address, so that it can be left and found again.
import { dropDraft, findHome, readDraft, writeDraft } from "../drafts.js";
import { put } from "../dom.js";
import { forgetErrors, showErrors } from "../fields.js";
import { Keeper } from "../keeper.js";
import * as outbox from "../outbox.js";
import { announce, backLink, button, h, heading, icon, word } from "../parts.js";
import { position } from "../position.js";
import { sealRecord } from "../record.js";
import { addressOf, allWrongs, firstStep, stepAt, stepsOf, wayOf, wrongsOf } from "../recording.js";
import { officer, state } from "../state.js";
import { t } from "../texts.js";
import * as check from "../steps/check.js";
import * as consent from "../steps/consent.js";
import * as exceptions from "../steps/exceptions.js";
import * as identity from "../steps/identity.js";
import * as kit from "../steps/kit.js";
import * as photo from "../steps/photo.js";
import * as scanners from "../steps/scanners.js";
import * as signature from "../steps/signature.js";
import { savedPanel } from "./saved.js";

const PAGES = { identity, consent, kit, photo, signature, exceptions, scanners, check };
let leaving = null; // the last step's writing: the next one reads what it wrote
let sought = null; // {visit, focus}: the field to which an error at the last step leads

/** What is known before anything is typed; `files` null. */
function emptyRecord(stop) {
  const { name, birth_date: birthDate, sex } = stop.resident ?? {};
  const fields = {
    ...{ identity: "", name: name ?? "", nik: "", birth_date: birthDate ?? "", sex: sex ?? "", phone: "", address: stop.address ?? "" },
    ...{ consent: false, signer: "self", attorney_name: "", attorney_relation: "", attorney_witness: "" },
    ...{ registration_number: "", registrationReason: "", handoverQuality: null },
    ...{ photoReason: "", quality: null, signatureReason: "", exceptions: [], biometrics: null, note: "" },
  };
  return { fields, photo: null, signature: null, handover: null, fingers: null, irises: null };
}

const merged = (record, { fields, ...files }) => ({ ...record, ...files, fields: { ...record.fields, ...fields } });

function stepLinks(record, step, visit) {
  const links = stepsOf(record.fields.way).map((one, place) => {
    const whole = one !== "check" && !wrongsOf(one, record).length;
    const label = t(whole ? "step.link-whole" : "step.link", { n: place + 1, step: t(`step.${one}`) });
    return h("a", { class: whole ? "step whole" : "step", href: addressOf(visit, one), "aria-label": label, "aria-current": one === step ? "step" : null }, whole ? icon("check") : String(place + 1));
  });
  return h("nav", { class: "steps", "aria-label": t("step.all") }, links);
}

/** What keeps a record from being saved that is complete; "" if nothing. */
function blockedBy() {
  if (!officer()) return "no-officer";
  if (state.me?.capture_keys?.length) return "";
  return state.me?.capture_keys ? "no-office-key" : "no-key";
}

class Capture {
  constructor(root, home, record, step) {
    Object.assign(this, { root, home, record, step, visit: home.stop.visit });
    this.keeper = new Keeper(() => this.write());
    this.place = h("p", { id: "save-error", class: "error", role: "alert" });
    this.summary = h("div", { class: "error-summary", role: "alert", tabindex: "-1", hidden: true });
    this.main = button({ class: "button primary wide", type: "submit", id: step === "check" ? "save" : "next" });
    this.page = PAGES[step].build(record, {
      visit: this.visit,
      changed: () => this.keeper.later(),
      kept: () => this.keeper.now(),
      redrawMain: () => this.drawMain(),
      advance: () => this.form.requestSubmit(),
    });
    this.form = h("form", { class: "capture", novalidate: true }, this.summary, this.page.content, this.place, h("div", { class: "foot" }, this.main));
  }

  read() {
    this.record = merged(this.record, this.page.read());
    return this.record;
  }

  async write() {
    try {
      await writeDraft(this.home, this.read());
      if (this.place.textContent === t("capture.draft-failed")) this.place.textContent = "";
      return true;
    } catch (error) {
      console.error(error);
      this.place.textContent = t("capture.draft-failed");
      return false;
    }
  }

  drawMain() {
    const own = this.page?.main?.();
    put(this.main, own?.words ?? [t("step.next"), icon("forward")]);
  }

  showWrongs(wrongs) {
    const here = wrongs.filter(({ step }) => step === this.step);
    showErrors(this.form, this.summary, here.map(({ id, focus, key }) => ({ id, focus, text: t(`error.${key}`) })));
    return here.length > 0;
  }

  /** The main button: what the step asks for first, then the next step; at the last, the record is saved. */
  async go(event) {
    event.preventDefault();
    const own = this.page.main?.();
    if (own?.save) return this.save();
    own?.act();
    if (own?.stays) return null;
    if (this.showWrongs(wrongsOf(this.step, this.read()))) {
      this.page.start?.();
      return this.drawMain();
    }
    const steps = stepsOf(this.record.fields.way);
    const next = steps[steps.indexOf(this.step) + 1];
    this.record.fields.step = next;
    if (await this.keeper.now()) location.hash = addressOf(this.visit, next);
    return null;
  }

  /** Errors of other steps lead there. */
  showAllWrongs(wrongs) {
    this.summary.hidden = !wrongs.length;
    const lead = ({ step, focus }) => () => {
      sought = { visit: this.visit, focus };
      location.hash = addressOf(this.visit, step);
    };
    put(this.summary, h("h2", {}, t("capture.errors")), h("ul", {}, wrongs.map((one) => h("li", {}, button({ class: "button link", onclick: lead(one) }, t(`error.${one.key}`))))));
    if (wrongs.length) this.summary.focus();
  }

  async save() {
    const record = this.read();
    const wrongs = allWrongs(record);
    this.showAllWrongs(wrongs);
    const blocked = blockedBy();
    this.place.textContent = !wrongs.length && blocked ? t(`capture.${blocked}`) : "";
    if (wrongs.length || blocked || this.main.disabled) return;
    this.main.disabled = true;
    put(this.main, icon("hourglass"), t("capture.saving"));
    try {
      await this.keeper.flush();
      const row = await sealRecord(record, this.home, { officer: officer(), position: await position() });
      await this.keeper.stop();
      await dropDraft(this.visit).catch(console.error); // at the next start, then
      document.body.dataset.screen = "saved";
      announce(t("capture.saved"));
      await savedPanel(this.root, row);
    } catch (error) {
      console.error(error);
      this.place.textContent = t("capture.save-failed");
      this.main.disabled = false;
      this.drawMain();
    }
  }

  show() {
    const { stop } = this.home;
    const steps = stepsOf(this.record.fields.way);
    this.form.addEventListener("submit", (event) => this.go(event));
    this.form.addEventListener("input", () => this.keeper.later());
    this.form.addEventListener("input", forgetErrors);
    this.form.addEventListener("change", () => this.drawMain());
    put(
      this.root,
      h(
        "div",
        { class: "narrow" },
        backLink(`#/kunjungan/${this.visit}`, stop.resident?.name ?? t("stop.back")),
        stepLinks(this.record, this.step, this.visit),
        h("p", { class: "muted" }, t("step.place", { n: steps.indexOf(this.step) + 1, all: steps.length })),
        heading(t(`step.${this.step}`)),
        this.form,
      ),
    );
    this.page.start?.();
    this.drawMain();
    if (sought?.visit === this.visit) this.find(sought.focus);
    sought = null;
  }

  /** Come from the last step's list of errors: they are shown here, and the field has the focus. */
  find(focus) {
    this.showWrongs(wrongsOf(this.step, this.record));
    requestAnimationFrame(() => this.form.querySelector(`#${focus}`)?.focus());
  }

  close() {
    leaving = this.keeper.close();
    this.page.close?.();
  }
}

export async function show(root, { visit, step: address }) {
  await leaving;
  const home = await findHome(visit);
  if (!home) {
    location.hash = "#/";
    return null;
  }
  const { stop, day } = home;
  const fact = (await outbox.facts()).get(visit);
  const stored = await readDraft(visit);
  if (fact?.outcome?.capture || (fact?.outcome && !stored)) {
    const back = backLink(`#/kunjungan/${visit}`, stop.resident?.name ?? t("stop.back"));
    put(root, h("div", { class: "narrow" }, back, heading(t("capture.already", { outcome: word("outcome", fact.outcome.code) }))));
    return null;
  }
  const record = merged(emptyRecord(stop), stored ?? {});
  record.fields.way = wayOf(stored, day);
  const asked = stepAt(address);
  const step = stepsOf(record.fields.way).includes(asked) ? asked : firstStep(record);
  const left = record.fields.step !== step;
  record.fields.step = step;
  const capture = new Capture(root, home, record, step);
  capture.show();
  if (stored && left) capture.keeper.later();
  return () => capture.close();
}
