// The day on a map without tiles: village boundaries as hairlines, the route, a number on every stop.
import * as leaflet from "../../npm/leaflet/dist/leaflet-src.esm.js";
import { standing } from "./days.js";
import { h, icon as iconOf, put } from "./dom.js";
import { around, fitting } from "./names.js";
import { standingTag, teamClass } from "./parts.js";
import { position } from "./position.js";
import { t } from "./texts.js";

const NAMES_FROM_ZOOM = 12;
const RING_DEGREES = 0.0028; // some 300 m, as on the coordinator's map
const SOMEWHERE = [-7.6, 111.6];
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
const still = { interactive: false, keyboard: false };

/** Draws the boundaries; gives the names to write on them: districts from afar, villages from near. */
function drawBorders(map, data) {
  const names = { district: [], village: [] };
  for (const feature of data.features) {
    const { level, name, point } = feature.properties;
    if (feature.geometry) leaflet.geoJSON(feature, { interactive: false, style: () => ({ className: `boundary ${level}` }) }).addTo(map);
    if (point) names[level]?.push({ text: name, place: leaflet.latLng(point[1], point[0]) });
  }
  return names;
}

// Marks lie over one another where homes are close; the list says the same to keyboard and screen reader.
function marker(stop, point, held, fact) {
  const stands = standing(stop, fact);
  const icon = leaflet.divIcon({
    className: `stop-mark ${teamClass(held.team)} ${stands.step}`,
    html: h("span", { class: `stop-number ${teamClass(held.team)}` }, stop.sequence),
    iconSize: [48, 48],
  });
  const popup = h(
    "div",
    {},
    h("strong", {}, `${stop.sequence}. ${stop.resident?.name ?? ""}`),
    h("p", {}, standingTag(stands)),
    h("a", { class: "button secondary", href: `#/kunjungan/${stop.visit}` }, t("stop.open")),
  );
  return leaflet.marker(point, { icon, keyboard: false, alt: "", riseOnHover: true }).bindPopup(popup, { closeButton: false });
}

/** Where stops are drawn: those that lie on one point (a village's) stand in a small ring around it. */
function spread(stops) {
  const place = (stop) => [stop.location.lat, stop.location.lon];
  return stops.map((stop) => {
    const [lat, lon] = place(stop);
    const there = stops.filter((one) => place(one).join() === `${lat},${lon}`);
    if (there.length === 1) return [lat, lon];
    const turn = (2 * Math.PI * there.indexOf(stop)) / there.length;
    return [lat + RING_DEGREES * Math.sin(turn), lon + RING_DEGREES * Math.cos(turn)];
  });
}

/** Draws route and stops into a layer; gives the points that should be in view. */
function drawRoute(layer, { held, facts }) {
  const placed = held.stops.filter((stop) => Number.isFinite(stop.location?.lat));
  const { lat, lon } = held.shift?.base ?? {};
  const base = Number.isFinite(lat) ? [[lat, lon]] : [];
  const points = spread(placed);
  leaflet.polyline([...base, ...points, ...base], { interactive: false, className: `route ${teamClass(held.team)}` }).addTo(layer);
  if (base.length) leaflet.marker(base[0], { ...still, zIndexOffset: -1000, icon: label("base-mark", t("map.base")) }).addTo(layer);
  for (const [at, stop] of placed.entries()) marker(stop, points[at], held, facts.get(stop.visit)).addTo(layer);
  return [...base, ...points];
}

function pixels(map, place) {
  const { x, y } = map.latLngToContainerPoint(place);
  return { x, y };
}

/** The map of one screen. `draw` may be called as often as something changes; the view stays on the same day. */
export class DayMap {
  constructor(place) {
    this.place = place;
    this.map = null;
    this.shown = "";
    this.date = "";
    this.points = [];
    this.names = null; // once the boundaries are here
    this.home = false; // the first point is where the team sets out
    this.moved = false; // by hand
  }

  async draw({ held, facts }) {
    if (!this.map) await this.make(held);
    const shown = JSON.stringify([held.date, held.version, held.stops.map((stop) => standing(stop, facts.get(stop.visit)))]);
    if (!this.map || shown === this.shown) return;
    this.shown = shown;
    put(this.title, h("span", { class: `route-key ${teamClass(held.team)}`, "aria-hidden": "true" }), t("map.route", { team: held.team.name }));
    this.layer.clearLayers();
    this.points = drawRoute(this.layer, { held, facts });
    this.home = Boolean(held.shift?.base);
    if (this.date !== held.date) this.moved = false;
    this.date = held.date;
    this.fit();
    this.writeNames();
  }

  /** All stops in view, unless the officer has moved the map to look at something. */
  fit() {
    if (!this.map || !this.box.clientWidth) return; // behind the list; it fits when it is shown
    this.map.invalidateSize({ animate: false, pan: false });
    if (this.moved || !this.points.length) return;
    const view = { paddingTopLeft: [56, 36], paddingBottomRight: [76, 48], maxZoom: 14, animate: false };
    this.map.fitBounds(leaflet.latLngBounds(this.points), view);
  }

  /** The names that have room in what is seen now, those of the villages on the way first. */
  writeNames() {
    if (!this.names || !this.map) return;
    this.labels.clearLayers();
    const { map } = this;
    const { x, y } = map.getSize();
    const marks = this.points.map((point) => map.latLngToContainerPoint(point));
    const level = map.getZoom() >= NAMES_FROM_ZOOM && this.names.village.length ? "village" : "district";
    const away = ({ x: left, y: top }) => Math.min(...marks.map((mark) => Math.hypot(mark.x - left, mark.y - top)), Infinity);
    const wanted = this.names[level].map((name) => ({ ...name, ...pixels(map, name.place) })).sort((a, b) => away(a) - away(b));
    const taken = marks.map((mark) => around(mark, 19));
    taken.push({ left: x - 80, right: x, top: 0, bottom: 130 }); // under the two buttons
    if (this.home) taken.push({ ...around(marks[0], 48), top: marks[0].y + 14 });
    for (const name of fitting(wanted, { taken, frame: { left: 0, top: 0, right: x, bottom: y } })) {
      leaflet.marker(name.place, { ...still, zIndexOffset: -2000, icon: label("village-name", name.text) }).addTo(this.labels);
    }
  }

  async make(held) {
    const box = h("div", { class: "map", role: "region", "aria-label": t("map.title"), tabindex: "-1" });
    this.box = box;
    const zoom = (by, sign, name) => {
      const onclick = () => {
        this.moved = true;
        this.map.setZoom(this.map.getZoom() + by);
      };
      return h("button", { type: "button", class: "button secondary square", "aria-label": name, onclick }, sign);
    };
    this.title = h("h2", { class: "map-title" });
    const credit = h("p", { class: "small muted" });
    this.said = h("p", { class: "small", role: "status" });
    put(
      this.place,
      this.title,
      h("div", { class: "map-frame" }, box, h("div", { class: "map-zoom" }, zoom(1, "+", t("map.nearer")), zoom(-1, "−", t("map.farther")))),
      h("div", { class: "actions" }, h("button", { type: "button", class: "button secondary", id: "map-here", onclick: () => this.showOwn() }, iconOf("arrive"), t("map.here"))),
      this.said,
      h("details", { class: "credit" }, h("summary", {}, t("map.credit")), credit),
    );
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.map = leaflet.map(box, { zoomControl: false, attributionControl: false, zoomAnimation: !calm, fadeAnimation: false, zoomSnap: 0.5, trackResize: false });
    this.map.setView(held.shift?.base?.lat ? [held.shift.base.lat, held.shift.base.lon] : SOMEWHERE, 11);
    this.labels = leaflet.layerGroup().addTo(this.map);
    this.layer = leaflet.layerGroup().addTo(this.map);
    this.map.on("moveend", () => this.writeNames());
    this.map.on("dragend", () => {
      this.moved = true;
    });
    this.watch = new ResizeObserver(() => this.fit());
    this.watch.observe(box);
    const data = await regency();
    if (!data || !this.map) return; // no boundaries, or another screen came meanwhile
    this.names = drawBorders(this.map, data);
    this.writeNames();
    credit.textContent = data.attribution;
  }

  /** Where the tablet is, asked once a tap; the home and the tablet are both in view then. */
  async showOwn() {
    put(this.said, t("map.seeking"));
    const found = await position();
    if (!this.map) return;
    put(this.said, found ? t("map.found", { m: found.accuracy_m }) : t("map.no-position"));
    if (!found) return;
    this.own?.remove();
    const place = leaflet.latLng(found.lat, found.lon);
    this.own = leaflet.marker(place, { ...still, zIndexOffset: 1000, icon: label("own-mark", t("map.own")) }).addTo(this.map);
    this.moved = true;
    this.map.fitBounds(leaflet.latLngBounds([...this.points, place]), { padding: [48, 48], maxZoom: 15, animate: false });
  }

  remove() {
    this.watch?.disconnect();
    this.map?.remove();
    this.map = null;
  }
}
