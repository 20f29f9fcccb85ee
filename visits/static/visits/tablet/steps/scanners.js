// Fingers and eyes taken by devices at the tablet's side, one capture after the other; beside them, on the drawing, what
// cannot be taken and why. Whatever a device does, the record goes on: what is missing has its reason.
import { button, h, icon, put } from "../dom.js";
import { announce, tag } from "../parts.js";
import { GROUPS, LEAST_SCORE, groupsToTake, isTaken, missingParts, wantedParts } from "../scanners/body.js";
import { watchPermission } from "../scanners/permission.js";
import { ScannerTrouble, captureGroup, chooseScanner, findScanners, openLine } from "../scanners/session.js";
import { TakenCaptures, isLow } from "../scanners/taken.js";
import { t } from "../texts.js";
import * as exceptions from "./exceptions.js";

const groupName = (group) => t(`scanner.${group.code}`);
const worst = (scores) => Math.floor(Math.min(...Object.values(scores)));

class ScannerStep {
  constructor(record, { visit, changed, kept, redrawMain, advance }) {
    Object.assign(this, { changed, kept, redrawMain, advance });
    this.fields = record.fields;
    this.taken = new TakenCaptures(record, visit);
    this.line = null;
    this.busy = ""; // "", "finding" or the code of the group that is being taken
    this.trouble = ""; // the kind of a ScannerTrouble
    this.low = null; // {group, capture}: taken, but poor; a person decides
    this.stop = new AbortController();
    this.closed = false;
    this.finding = null;
    this.said = h("div", { id: "scanner-said", role: "status" });
    this.list = h("ul", { class: "plain", id: "scanner-groups" });
    this.others = h("div", { class: "actions" });
    this.drawing = exceptions.build(record, { changed: () => this.marked() });
    this.content = [
      h("div", { class: "field", id: "scanners", tabindex: "-1", role: "group", "aria-labelledby": "heading" }, h("p", { class: "error", id: "scanners-error" }), this.said, this.others, this.list),
      h("h2", {}, t("scanner.cannot")),
      this.drawing.content.slice(1), // its first line is of the way without devices
    ];
  }

  /** The fields as they stand on this screen. */
  now() {
    return { ...this.fields, ...this.drawing.read().fields, biometrics: this.taken.fields };
  }

  read() {
    const { exceptions: told, biometrics } = this.now();
    return { fields: { exceptions: told, biometrics }, ...this.taken.files };
  }

  async marked() {
    this.low = null;
    await this.taken.drop(this.now());
    this.draw();
    this.changed();
  }

  start() {
    this.draw();
    this.unwatch = watchPermission(() => this.find());
    if (groupsToTake(this.now()).length) this.find();
  }

  /** Look for devices, so that what is wrong is seen before anybody lays a finger on one. */
  async find() {
    if (this.busy || this.closed) return;
    this.stop = new AbortController();
    const { signal } = this.stop;
    this.finding = this.attempt("finding", async () => {
      const scanners = await findScanners(this.open(), { signal });
      for (const group of groupsToTake(this.now())) chooseScanner(scanners, group);
    });
    await this.finding;
  }

  open() {
    this.line ??= openLine();
    return this.line;
  }

  /** Do `work` and show that it is done, or what came of it. True if it went well. */
  async attempt(busy, work) {
    Object.assign(this, { busy, trouble: "" });
    this.draw();
    try {
      await work();
      return true;
    } catch (error) {
      if (!(error instanceof ScannerTrouble)) throw error;
      this.trouble = error.kind;
      return false;
    } finally {
      this.busy = "";
      this.draw();
    }
  }

  /** Take everything that is not taken yet; stops at what a person has to decide. */
  async run() {
    await this.finding;
    if (this.busy || this.closed) return;
    this.low = null;
    this.stop = new AbortController();
    const { signal } = this.stop;
    let scanners = null;
    const found = await this.attempt("finding", async () => {
      scanners = await findScanners(this.open(), { signal });
    });
    if (!found) return;
    for (const group of groupsToTake(this.now())) {
      const whole = await this.attempt(group.code, () => this.take(scanners, group, signal));
      if (!whole || this.low || signal.aborted) return;
    }
    this.finish();
  }

  async take(scanners, group, signal) {
    const asked = { group, parts: wantedParts(group, this.now()), transaction: this.taken.transaction, previous: this.taken.last, signal };
    const capture = await captureGroup(this.open(), chooseScanner(scanners, group), asked);
    if (isLow(capture.scores)) {
      this.low = { group, capture };
      return;
    }
    await this.keep(group, capture);
  }

  async keep(group, capture) {
    await this.taken.add(group, capture);
    await this.taken.drop(this.now()); // a finger that was marked meanwhile
    if (this.closed) return; // a device that did not stop: what this screen knows of the draft is old
    await this.kept();
    announce(t("scanner.done", { group: groupName(group) }));
  }

  finish() {
    this.draw();
    if (!missingParts(this.now()).length) this.advance();
  }

  /** A poor capture that is taken again leaves its link; one that is kept says its score. */
  again() {
    const { capture } = this.low;
    this.low = null;
    this.taken.pass(capture);
    return this.run();
  }

  async accept() {
    if (!this.low) return;
    const { group, capture } = this.low;
    this.low = null;
    await this.keep(group, capture);
    this.draw();
    if (groupsToTake(this.now()).length) await this.run();
    else this.finish();
  }

  /** The record goes on without devices: what is missing is told as such. */
  goWithout() {
    this.trouble = "";
    this.drawing.mark(missingParts(this.now()), "device");
  }

  /** What is going on, and what to do. */
  words() {
    if (this.busy === "finding") return h("p", {}, icon("hourglass"), t("scanner.finding"));
    if (this.busy) return h("p", { class: "lead" }, icon("hourglass"), t(`scanner.place-${this.busy}`));
    if (this.low) {
      const { group, capture } = this.low;
      return h("p", { class: "note waiting" }, t(group.modality === "irises" ? "scanner.low-irises" : "scanner.low", { group: groupName(group), score: worst(capture.scores), least: LEAST_SCORE }));
    }
    if (this.trouble) return h("p", { class: "note waiting", id: "scanner-trouble" }, t(`scanner.${this.trouble}`));
    if (!missingParts(this.now()).length) return h("p", { class: "ok" }, icon("check"), t("scanner.all"));
    return h("p", {}, t("scanner.ready"));
  }

  describe(group) {
    const fields = this.now();
    const scores = this.taken.fields.taken[group.code]?.scores;
    const state = scores ? tag("done", t("scanner.taken", { score: worst(scores) })) : wantedParts(group, fields).length ? tag("planned", t("scanner.open")) : tag("quiet", t("scanner.excepted"));
    return h("li", { class: "scanner-group" }, h("strong", {}, groupName(group)), " ", state);
  }

  draw() {
    put(this.said, this.words());
    put(
      this.others,
      this.low && button({ class: "button secondary", id: "scanner-accept", onclick: () => this.accept() }, icon("check"), t("scanner.accept")),
      this.trouble && button({ class: "button secondary", id: "scanner-without", onclick: () => this.goWithout() }, icon("forward"), t("scanner.without")),
    );
    put(this.list, GROUPS.map((group) => this.describe(group)));
    this.redrawMain();
  }

  /** Until everything is taken or explained, the main button takes it; while it does, the button ends it. */
  main() {
    if (this.busy && this.busy !== "finding") return { words: [icon("close"), t("scanner.stop")], act: () => this.stop.abort(), stays: true };
    if (this.low) return { words: [icon("undo"), t("scanner.again")], act: () => this.again(), stays: true };
    const fields = this.now();
    const unexplained = fields.exceptions.some(({ reason }) => !reason); // "next" says so, before anything is taken
    if (unexplained || !missingParts(fields).length) return null;
    const words = this.trouble ? [icon("sync"), t("scanner.retry")] : [icon("check"), t("scanner.take")];
    return { words, act: () => this.run(), stays: true };
  }

  close() {
    this.closed = true;
    this.unwatch?.();
    this.stop.abort();
    this.line?.close();
    this.line = null;
  }
}

export function build(record, tools) {
  const step = new ScannerStep(record, tools);
  return { content: step.content, start: () => step.start(), main: () => step.main(), read: () => step.read(), close: () => step.close() };
}
