// What is typed about a home and handed in as one report: begun with what was typed before, handed in once.
import { dropDraft, findHome, readDraft, writeDraft } from "../drafts.js";
import { Keeper } from "../keeper.js";
import { announce, backLink } from "../parts.js";
import { officer } from "../state.js";
import { t } from "../texts.js";

class HomeForm {
  #sending = false;

  constructor(home, kind, fields) {
    this.back = `#/kunjungan/${home.stop.visit}`;
    Object.assign(this, { kind, fields, stop: home.stop });
    this.keeper = new Keeper(() => writeDraft(home, { fields: this.fields }, kind).catch(console.error));
  }

  backLink() {
    return backLink(this.back, this.stop.resident?.name ?? t("stop.back"));
  }

  typed(fields) {
    this.fields = fields;
    this.keeper.later();
  }

  /** `write` puts the report into the outbox, once however often the button is tapped; the draft goes. */
  async handIn(write, said, next = this.back) {
    if (this.#sending) return;
    this.#sending = true;
    try {
      await write();
    } catch (error) {
      this.#sending = false;
      throw error;
    }
    await this.keeper.stop();
    await dropDraft(this.stop.visit, this.kind).catch(console.error);
    announce(said);
    location.hash = next;
  }
}

/** The form of this kind of draft; null, and another screen, where the home is not known or, unless `anybody` may, no officer
    is chosen. */
export async function openForm(visit, kind, { anybody = false } = {}) {
  const home = await findHome(visit);
  if (home && (anybody || officer())) return new HomeForm(home, kind, (await readDraft(visit, kind))?.fields ?? {});
  location.hash = home ? `#/kunjungan/${visit}` : "#/";
  return null;
}
