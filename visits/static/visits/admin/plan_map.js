/* The map of a plan: boundaries in hairlines, a coloured line per route, a number on every stop. All it shows
   is in the tables beside it; it needs no tile server. */

import * as L from "../../npm/leaflet/dist/leaflet-src.esm.js";
import { around, fitting } from "../tablet/names.js";

const box = document.getElementById("map");
const { routes } = JSON.parse(document.getElementById("map-data").textContent);
const style = getComputedStyle(document.documentElement);
const NAMES = ["blue", "vermilion", "green", "purple", "sky", "orange", "black"];
const colourOf = (route) => style.getPropertyValue(`--team-${NAMES[route.colour]}`).trim();
const reduced = matchMedia("(prefers-reduced-motion: reduce)").matches;

const map = L.map(box, {
  zoomSnap: 0.25,
  attributionControl: false, // the source is said under the map, where it hides nothing
  zoomAnimation: !reduced,
  fadeAnimation: !reduced,
  markerZoomAnimation: !reduced,
  scrollWheelZoom: false,
});
map.createPane("boundaries").classList.add("boundaries");
L.control.scale({ imperial: false }).addTo(map);
// the page scrolls under the wheel until the map is used
map.on("focus click", () => map.scrollWheelZoom.enable());
map.on("blur mouseout", () => map.scrollWheelZoom.disable());

function text(...lines) {
  const node = document.createElement("div");
  lines.filter(Boolean).forEach((line, index) => {
    const part = document.createElement(index ? "div" : "strong");
    part.textContent = line;
    node.append(part);
  });
  return node;
}

function icon(label, route, kind) {
  const node = document.createElement("span");
  node.className = `map-mark ${kind} team-${route.colour}`;
  node.textContent = label;
  return L.divIcon({ html: node, className: "map-mark-box", iconSize: [24, 24] });
}

function spread(routes) {
  /* Homes known by their village only lie on one point: they are drawn in a small ring around it. */
  const seen = new Map();
  for (const route of routes) {
    for (const stop of route.stops) {
      const key = stop.at.join();
      seen.set(key, [...(seen.get(key) || []), stop]);
    }
  }
  for (const stops of seen.values()) {
    if (stops.length === 1) continue;
    stops.forEach((stop, index) => {
      const turn = (2 * Math.PI * index) / stops.length;
      stop.at = [stop.at[0] + 0.0028 * Math.sin(turn), stop.at[1] + 0.0028 * Math.cos(turn)];
    });
  }
}

// Marks lie over one another where homes are close, so they are for the mouse; the tables beside the map say
// the same to keyboard and screen reader.
const quiet = { keyboard: false, alt: "" };

function draw(route) {
  const colour = colourOf(route);
  const line = [route.base.at, ...route.stops.map((stop) => stop.at), route.end];
  const name = `${route.team}, ${route.day}`;
  const shown = route.lines !== false; // sessions have homes and a hall, and no way between them
  if (shown) L.polyline(line, { color: "#ffffff", weight: 6, opacity: 0.8, interactive: false }).addTo(map);
  if (shown)
    L.polyline(line, { color: colour, weight: 3, dashArray: route.dashed ? "8 6" : null })
      .bindTooltip(name, { sticky: true })
      .addTo(map);
  L.marker(route.base.at, { icon: icon("", route, "base"), ...quiet, title: route.base.name, zIndexOffset: shown ? -100 : 1000 })
    .bindPopup(text(route.base.name, name))
    .addTo(map);
  for (const stop of route.stops) {
    const title = [`${stop.number}. ${stop.name}`, stop.village, stop.arrive].filter(Boolean).join(", ");
    L.marker(stop.at, { icon: icon(stop.number, route, stop.approximate ? "stop approximate" : "stop"), ...quiet, title })
      .bindPopup(text(`${stop.number}. ${stop.name}`, stop.village, [stop.arrive, name].filter(Boolean).join(" · ")))
      .addTo(map);
  }
  return line;
}

async function boundaries() {
  const answer = await fetch(box.dataset.boundaries);
  if (!answer.ok) return;
  const region = await answer.json();
  const looks = {
    neighbour: { color: "#d9d3c3", weight: 0.5, fillColor: "#f3f0e8", fillOpacity: 1 },
    village: { color: "#cfc8b6", weight: 0.7, fillColor: "#fdfcf8", fillOpacity: 1 },
    district: { color: "#8d8778", weight: 1.2, fill: false },
    regency: { color: "#44505f", weight: 2, fill: false },
  };
  L.geoJSON(region, {
    pane: "boundaries",
    interactive: false,
    style: (feature) => looks[feature.properties.level],
  }).addTo(map);
  document.getElementById("map-source").textContent = region.attribution;
  names(region);
}

// Where a name may stand when a mark lies over its own place.
const SPOTS = [[0, 0], [0, -27], [0, 27], [-48, 0], [48, 0], [-48, -27], [48, -27], [-48, 27], [48, 27], [0, -46], [0, 46], [-64, 0], [64, 0]];

function names(region) {
  /* District names from afar, village names from near, none under a mark or over another name. */
  const all = { district: [], village: [] };
  for (const { properties } of region.features) {
    if (properties.point) all[properties.level]?.push({ text: properties.name, place: L.latLng(properties.point[1], properties.point[0]) });
  }
  const layer = L.layerGroup().addTo(map);
  const write = () => {
    layer.clearLayers();
    const level = map.getZoom() >= 12.5 ? "village" : "district";
    const { x: right, y: bottom } = map.getSize();
    const taken = lines.flat().map((at) => around(map.latLngToContainerPoint(at), 13));
    taken.push({ left: 0, right: 50, top: 0, bottom: 80 }); // the zoom buttons
    const wanted = all[level].map((name) => {
      const { x, y } = map.latLngToContainerPoint(name.place);
      return { ...name, x, y: y - 7, spots: level === "district" ? SPOTS : SPOTS.slice(0, 3) };
    });
    for (const { text: words, place, moved } of fitting(wanted, { taken, frame: { left: 0, top: 0, right, bottom } })) {
      const node = document.createElement("span");
      node.textContent = words;
      const [dx, dy] = moved;
      const label = L.divIcon({ html: node, className: `map-name ${level}`, iconSize: [0, 0], iconAnchor: [-dx, -dy] });
      // over the pane's own drawing, which Leaflet puts at 200
      L.marker(place, { icon: label, interactive: false, keyboard: false, pane: "boundaries", zIndexOffset: 1000 }).addTo(layer);
    }
  };
  map.on("moveend", write);
  write();
}

spread(routes);
const lines = routes.map(draw);
map.fitBounds(L.latLngBounds(lines.flat()).pad(0.08));
boundaries().catch(() => {
  const note = document.createElement("p");
  note.className = "hint";
  note.textContent = box.dataset.missing;
  box.after(note);
});
