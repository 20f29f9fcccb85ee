// What the office has changed in a day since the officer last read it. Plain data in, plain data out.

/** What of a day is compared: {full, stops: [{visit, name, from, to, address, phone}]}, in the order of the route. */
export function outline({ detail, stops }) {
  const short = ({ visit, resident, told, planned_arrive: arrive, planned_leave: leave, address, contact }) => {
    const [from, to] = told ?? [arrive, leave];
    return { visit, name: resident?.name ?? "", from, to, address: address ?? "", phone: contact?.phone ?? "" };
  };
  return { full: detail !== "summary", stops: stops.map(short) };
}

const sameOrder = (before, after) => {
  const kept = new Set(after.map((stop) => stop.visit));
  const old = before.map((stop) => stop.visit).filter((visit) => kept.has(visit));
  const known = new Set(old);
  return old.join() === after.map((stop) => stop.visit).filter((visit) => known.has(visit)).join();
};

/** [{kind, name, was, now}] from one outline to the next: "added", "removed", "hours", "address", "phone", and one "order".
    Nothing where the day was not known in full. */
export function compare(before, after) {
  if (!before?.full || !after.full) return [];
  const old = new Map(before.stops.map((stop) => [stop.visit, stop]));
  const fresh = new Map(after.stops.map((stop) => [stop.visit, stop]));
  const found = [];
  for (const stop of before.stops) if (!fresh.has(stop.visit)) found.push({ kind: "removed", name: stop.name, was: stop, now: null });
  for (const stop of after.stops) {
    const was = old.get(stop.visit);
    if (!was) {
      found.push({ kind: "added", name: stop.name, was: null, now: stop });
      continue;
    }
    const tell = (kind, differs) => differs && found.push({ kind, name: stop.name, was, now: stop });
    tell("hours", was.from !== stop.from || was.to !== stop.to);
    tell("address", was.address !== stop.address);
    tell("phone", was.phone !== stop.phone);
  }
  if (!sameOrder(before.stops, after.stops)) found.push({ kind: "order", name: "", was: null, now: null });
  return found;
}
