// What lies on the tablet about people (cached days, drafts, the pairing) lies there encrypted: under the data
// key of the vault, or, what will be sealed one day, under a key of its own that is burnt then.
import { draftKey } from "./draft_keys.js";
import { fromUtf8, utf8 } from "./ids.js";
import { decryptUnder, encryptUnder, openKey } from "./vault.js";

const OF_A_DRAFT = /^(?:draft|photo|signature|handover|fingers|irises):(.+)$/;

const keyFor = async (name) => {
  const draft = OF_A_DRAFT.exec(name)?.[1];
  return draft ? draftKey(draft) : openKey();
};

export const lockBytes = async (name, bytes) => encryptUnder(await keyFor(name), name, bytes);
export const unlockBytes = async (name, box) => decryptUnder(await keyFor(name), name, box);
export const lockJson = (name, value) => lockBytes(name, utf8(JSON.stringify(value)));
export const unlockJson = async (name, box) => JSON.parse(fromUtf8(await unlockBytes(name, box)));
