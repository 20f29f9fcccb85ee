// What devices have taken of one resident: the captures that are kept, and the chain of all that were made. A capture that
// is taken again leaves only its link, so that the chain stays whole and no finger is kept for nothing.
import { EMPTY_HASH } from "./chain.js";
import { GROUPS, LEAST_SCORE, MODALITIES, isTaken } from "./body.js";

const TYPE = "application/json";

export const isLow = (scores) => Object.values(scores).some((score) => score < LEAST_SCORE);

export class TakenCaptures {
  #transaction;
  #links;
  #scores;
  #entries = new Map(); // group's code -> {link, entries}
  #files;
  #read;

  /** The transaction of a chain is its visit, so that the office sees whose it is; one that was begun keeps its own. */
  constructor({ fields, ...files }, visit) {
    const told = fields.biometrics;
    this.#transaction = told?.links?.length ? told.transaction : visit;
    this.#links = [...(told?.links ?? [])];
    this.#scores = { ...told?.taken };
    this.#files = Object.fromEntries(MODALITIES.map((name) => [name, files[name] ?? null]));
    this.#read = this.#load();
  }

  /** The files of the draft, read once; before that nothing may be added. */
  async #load() {
    for (const name of MODALITIES) {
      const file = this.#files[name];
      const captures = file ? JSON.parse(await file.text()).captures : [];
      for (const { code, link, entries } of captures.map((one) => ({ ...one, code: this.#codeOf(one.link) }))) {
        if (code) this.#entries.set(code, { link, entries });
      }
    }
  }

  #codeOf(link) {
    return Object.keys(this.#scores).find((code) => this.#scores[code].link === link);
  }

  get transaction() {
    return this.#transaction;
  }

  get last() {
    return this.#links.at(-1) ?? EMPTY_HASH;
  }

  #write(modality) {
    const captures = GROUPS.filter((group) => group.modality === modality && this.#entries.has(group.code)).map(({ code }) => this.#entries.get(code));
    this.#files[modality] = captures.length ? new Blob([JSON.stringify({ captures })], { type: TYPE }) : null;
  }

  /** Keep a verified capture; one of the same group goes. */
  async add(group, { entries, scores, last }) {
    await this.#read;
    const link = this.#links.push(last) - 1;
    this.#entries.set(group.code, { link, entries });
    this.#scores[group.code] = { link, scores };
    this.#write(group.modality);
  }

  /** A capture was made and is not wanted: its link stays. */
  pass({ last }) {
    this.#links.push(last);
  }

  /** Let go what no longer fits what can be taken. */
  async drop(fields) {
    await this.#read;
    for (const group of GROUPS) {
      if (!(group.code in this.#scores) || isTaken(group, { ...fields, biometrics: this.fields })) continue;
      delete this.#scores[group.code];
      this.#entries.delete(group.code);
      this.#write(group.modality);
    }
  }

  /** For the draft: `taken` is {group's code: {link, scores}}. */
  get fields() {
    return { transaction: this.#transaction, links: [...this.#links], taken: { ...this.#scores } };
  }

  /** {fingers, irises} as Blob or null: the same blob as long as nothing changes. */
  get files() {
    return { ...this.#files };
  }
}
