// What a walk-in tells the office: no more than a request needs.

/** What goes to the office; null as long as something is missing that nobody can ask for without it. */
export function walkInData({ name, birth_date: birth, sex, nik, phone, kind, relation, consent }) {
  if (!name || !kind || !relation || !consent) return null;
  return { name, kind, relation, consent, birth_date: birth || null, sex: sex ?? "", nik: nik ?? "", phone: phone ?? "" };
}
