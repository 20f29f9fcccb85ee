// The day on a map without tiles: village boundaries as hairlines, the route, a number on every stop.
import * as leaflet from "../../npm/leaflet/dist/leaflet-src.esm.js";
import { standing } from "./days.js";
import { h, put } from "./dom.js";
import { standingTag, teamClass } from "./parts.js";
import { t } from "./texts.js";

const NAMES_FROM_ZOOM = 12;
let borders = null;

/** Boundaries come once; without them the route is still drawn. */
async function regency() {
  try {
    borders ??= await (await fetch("/peta.json", { redirect: "error", credentials: "omit" })).json();
  } catch {
    borders = null;
  }
  return borders;
}

const label = (className, ...content) => leaflet.divIcon({ className, html: h("span", {}, ...content), iconSize: null });

function drawBorders(map, data) {
  const names = leaflet.layerGroup();
  for (const feature of data.features) {
    const { level, name, point } = feature.properties;
    if (feature.geometry) leaflet.geoJSON(feature, { interactive: false, style: () => ({ className: `boundary ${level}` }) }).addTo(map);
    if (level !== "village" || !point) continue;
    const icon = label("village-name", name);
    leaflet.marker([point[1], point[0]], { interactive: false, keyboard: false, icon }).addTo(names);
  }
  const showNames = () => (map.getZoom() >= NAMES_FROM_ZOOM ? names.addTo(map) : names.remove());
  map.on("zoomend", showNames);
  showNames();
}

function drawRoute(map, { held, facts }) {
  const team = teamClass(held.team);
  const placed = held.stops.filter((stop) => stop.location?.lat !== undefined && stop.location?.lat !== null);
  const points = placed.map((stop) => [stop.location.lat, stop.location.lon]);
  const base = held.shift?.base?.lat ? [[held.shift.base.lat, held.shift.base.lon]] : [];
  leaflet.polyline([...base, ...points, ...base], { interactive: false, className: `route ${team}` }).addTo(map);
  if (base.length) leaflet.marker(base[0], { interactive: false, keyboard: false, icon: label("base-mark", t("map.base")) }).addTo(map);
  for (const [place, stop] of placed.entries()) {
    const stands = standing(stop, facts.get(stop.visit));
    const mark = leaflet.divIcon({
      className: `stop-mark ${team} ${stands.step}`,
      html: h("span", { class: `stop-number ${team}` }, stop.sequence),
      iconSize: [48, 48],
    });
    const popup = h(
      "div",
      {},
      h("strong", {}, `${stop.sequence}. ${stop.resident?.name ?? ""}`),
      h("p", {}, standingTag(stands)),
      h("a", { class: "button secondary", href: `#/kunjungan/${stop.visit}` }, t("stop.open")),
    );
    const title = `${t("stop.number", { n: stop.sequence })}: ${stop.resident?.name ?? ""}`;
    leaflet.marker(points[place], { icon: mark, title, alt: title, riseOnHover: true }).bindPopup(popup, { closeButton: false }).addTo(map);
  }
  return [...base, ...points];
}

export async function drawDay(place, { held, facts, before }) {
  const view = before && before.date === held.date ? { center: before.map.getCenter(), zoom: before.map.getZoom() } : null;
  before?.remove();
  const box = h("div", { class: "map", role: "region", "aria-label": t("map.title"), tabindex: "-1" });
  const credit = h("p", { class: "small muted" });
  const zoom = (by, sign, name) => h("button", { type: "button", class: "button secondary square", "aria-label": name, onclick: () => map.setZoom(map.getZoom() + by) }, sign);
  put(
    place,
    h("h2", { class: "map-title" }, h("span", { class: `route-key ${teamClass(held.team)}`, "aria-hidden": "true" }), t("map.route", { team: held.team.name })),
    h("div", { class: "map-frame" }, box, h("div", { class: "map-zoom" }, zoom(1, "+", "Zoom +"), zoom(-1, "−", "Zoom −"))),
    credit,
  );
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = leaflet.map(box, { zoomControl: false, attributionControl: false, zoomAnimation: !still, fadeAnimation: false, zoomSnap: 0.5 });
  map.setView([held.shift?.base?.lat ?? -7.6, held.shift?.base?.lon ?? 111.6], 11);
  const data = await regency();
  if (!box.isConnected) return null; // another screen came while the boundaries were on their way
  if (data) {
    drawBorders(map, data);
    credit.textContent = t("map.credit", { source: data.attribution });
  }
  const points = drawRoute(map, { held, facts });
  if (view) map.setView(view.center, view.zoom, { animate: false });
  else if (points.length) map.fitBounds(leaflet.latLngBounds(points), { padding: [36, 36], maxZoom: 14, animate: false });
  return { map, date: held.date, remove: () => map.remove() };
}
