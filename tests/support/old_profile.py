"""A tablet's profile as the app before the vault left it: keys beside the data, as the browser holds them.

`BUILD` runs in a page that is paired and unlocked: it writes the old database from what the new one holds, with
`drafts` records that were begun and a report that says something of a person, and burns the vault.
"""

BUILD = """async ({ drafts, visits }) => {
  const from = (name) => import(`/static/visits/tablet/${name}.js`);
  const [lib, store, box, { state }, ids, days] = await Promise.all(["lib", "store", "box", "state", "ids", "days"].map(from));
  const old = await lib.openDB("jb-tablet", 1, {
    upgrade: (db) => ["keys", "state", "days", "drafts"].forEach((name) => db.createObjectStore(name)),
  });
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  await old.put("keys", key, "data");
  const row = await store.readTablet().get("keys", "device");
  const curve = { name: "ECDSA", namedCurve: "P-256" };
  const privateKey = await crypto.subtle.importKey("pkcs8", await box.unlockBytes("device-key", row.box), curve, false, ["sign"]);
  const publicKey = await crypto.subtle.importKey("jwk", { ...row.jwk, ext: true }, curve, true, ["verify"]);
  await old.put("keys", { privateKey, publicKey }, "device");
  const lock = async (name, bytes) => {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const additionalData = ids.utf8(`jb-box:${name}`);
    return { iv, bytes: new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData }, key, bytes)) };
  };
  const lockJson = (name, value) => lock(name, ids.utf8(JSON.stringify(value)));
  for (const name of ["pairing", "me", "choices", "listing"]) await old.put("state", state[name], name);
  for (const date of await days.heldDates()) {
    const { version, ...content } = await days.day(date);
    await old.put("days", { date, version, box: await lockJson(`day:${date}`, content) }, date);
  }
  const photo = new Uint8Array(40_000).fill(7);
  photo.set([0xff, 0xd8, 0xff, 0xe0]);
  for (let place = 0; place < drafts; place += 1) {
    const visit = visits[place] ?? ids.uuid7();
    const fields = await lockJson(`draft:${visit}`, { name: `Contoh Isian ${place}`, nik: "3519" + String(place).padStart(12, "0"), exceptions: [], consent: false });
    await old.put("drafts", { fields, photo: { type: "image/jpeg", box: await lock(`photo:${visit}`, photo) } }, visit);
  }
  for (const event of await store.readOutbox().getAll("events")) {
    if (!event.box) continue;
    const locked = await lockJson(`event:${event.id}`, await box.unlockJson(`event:${event.id}`, event.box));
    await store.writeOutbox(["events"], (change) => change.objectStore("events").put({ ...event, box: locked }));
  }
  old.close();
  store.readTablet().close();
  for (const { name } of await indexedDB.databases()) {
    if (/^jb-(vault|pin|draft)/.test(name)) await store.burn(name);
  }
}"""
