// The page's script, second part: the diagram, drawn anew for each view; only what is in view, and not more than
// a browser bears.
#pragma once

#include "quorate/core/config.hpp"

#include <string_view>

namespace quorate::check::page_detail {

inline constexpr std::string_view page_draw = R"js(
const mostDrawn = 1500;                        // arrows and marks in one view; of more, only how the nodes stand
const gutter = 96, axisHeight = 48, body = 28; // pixels: the lanes' names, the time's axis, a band's height
const svg = byId('diagram'), stage = byId('stage');
const view = {scale: 'even', at: 0, k: 10};   // the moment at the left edge; pixels a moment
const shownNodes = new Set(page.nodes.map((_, n) => n + 1)), hiddenGroups = new Set(), hiddenNames = new Set();
let width = 1000, height = 300, laneOf = new Map(), drawn = new Map();

function el(name, attributes = {}, ...inside) {
  const e = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const key in attributes) e.setAttribute(key, attributes[key]);
  e.append(...inside);
  return e;
}
const pen = document.createElement('canvas').getContext('2d');
function widthOf(text, font) {
  pen.font = font;
  return pen.measureText(text).width;
}
const fontOf = size => size + 'px ' + getComputedStyle(document.body).fontFamily;

const x = r => gutter + (r[view.scale] - view.at) * view.k;
const passes = r => (r.node === 0 || shownNodes.has(r.node)) && !hiddenGroups.has(groupOf[r.kind]) &&
  !(isMessage(r) && (hiddenNames.has(r.name) || !shownNodes.has(r.peer)));
// The first record that is at `moment` or later.
function firstAt(moment) {
  let low = 0, high = records.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (records[middle][view.scale] < moment) low = middle + 1; else high = middle;
  }
  return low;
}
const rightMoment = () => view.at + (width - gutter) / view.k;

function layOut() {
  width = Math.max(stage.clientWidth, 320);
  const nodes = page.nodes.map((_, n) => n + 1).filter(n => shownNodes.has(n));
  const lane = Math.max(72, Math.min(116, 460 / Math.max(nodes.length, 1)));
  laneOf = new Map(nodes.map((n, i) => [n, axisHeight + lane * (i + 0.5)]));
  height = axisHeight + lane * Math.max(nodes.length, 1);
  svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
  svg.setAttribute('width', width);
  svg.setAttribute('height', height);
}

// --- signs of what happened at a node
const signs = {
  start: 'M0-8a8 8 0 1 0 .01 0zM-2.5-4.5v9l7-4.5z',
  crash: 'M0-9a9 9 0 1 0 .01 0zM-5-3.6-3.6-5 0-1.4 3.6-5 5-3.6 1.4 0 5 3.6 3.6 5 0 1.4-3.6 5-5 3.6-1.4 0z',
  stop: 'M-8-8h16v16h-16zM-4-4v8h8v-8z',
  sync_begins: 'M-5-4a5 2.2 0 0 1 10 0v8a5 2.2 0 0 1-10 0zM-3.9 3.6a4 1.5 0 0 0 7.8 0v-7.6a4 1.5 0 0 1-7.8 0z',
  sync: 'M-5-4a5 2.2 0 0 1 10 0v8a5 2.2 0 0 1-10 0zM-3.6-2.6v1.2a3.6 1.6 0 0 0 7.2 0v-1.2a3.6 1.6 0 0 1-7.2 0z',
  timer: 'M0-7a7 7 0 1 0 .01 0zM-.8-5v5.6l4 2.4.8-1.4-3.2-1.9v-4.7z',
  commit: 'M-5 8v-17h1.6v1h9.4l-3 3.6 3 3.6h-9.4v8.8z',
  client: 'M-7-6h14l-7 12z', outcome: 'M-7 6h14l-7-12z',
  fault: 'M2-9-6 2h4.5l-2 7 8.5-11h-4.5l3-7z',
  violation: 'M-5-12h10l7 7v10l-7 7h-10l-7-7v-10zM-1.6-7.5l.6 9h2l.6-9zM-1.5 4v3h3v-3z',
  role: 'M-8-6h16v12h-16z', send: 'M-9-1h11v-4l7 5-7 5v-4h-11z', deliver: 'M-9-1h11v-4l7 5-7 5v-4h-11z',
  drop: 'M-9-1h5v2h-5zM-2.4-3.8-3.8-5.2-7-5 0-1.4 3.6-5 5-3.6 1.4 0 5 3.6 3.6 5 0 1.4-3.6 5-5 3.6-1.4 0z',
};
const signOf = kind => el('path', {class: 'sign k-' + kind, d: signs[kind], 'fill-rule': 'evenodd'});
// On the band; above it and to the right, what follows from a message; below it and to the left, what brings some.
const offsetOf = r => [[0, 0], [10, -body / 2 - 10], [-10, body / 2 + 10]][edgeOf[r.kind]];

function remember(i, e) {
  if (!drawn.has(i)) drawn.set(i, []);
  drawn.get(i).push(e);
}

// --- labels give way to each other
let boxes = [];
function isFree(box) {
  for (const b of boxes) if (box[0] < b[2] && b[0] < box[2] && box[1] < b[3] && b[1] < box[3]) return false;
  return true;
}
function label(layer, text, places, size, kind) {
  const w = widthOf(text, fontOf(size));
  for (const [cx, cy] of places) {
    const box = [cx - w / 2 - 3, cy - size * 0.8, cx + w / 2 + 3, cy + size * 0.45];
    if (box[0] < gutter || box[2] > width || !isFree(box)) continue;
    boxes.push(box);
    layer.append(el('rect', {class: 'back', x: box[0], y: box[1], width: w + 6, height: size * 1.25, rx: 3}));
    const middle = {x: cx, y: cy + size * 0.3, class: kind, 'text-anchor': 'middle', 'font-size': size};
    layer.append(el('text', middle, text));
    return;
  }
}

function drawBands(layer) {
  for (const [n, y] of laneOf) {
    let last = -1;
    for (const b of bands[n - 1]) {
      const left = b.from < 0 ? -0.5 : records[b.from][view.scale];
      const right = b.to < records.length ? records[b.to][view.scale] : moments + 0.5;
      const x1 = Math.max(gutter, gutter + (left - view.at) * view.k);
      const x2 = Math.min(width, gutter + (right - view.at) * view.k);
      if (x2 <= x1 || (x2 - x1 < 2 && x2 - last < 2)) continue;
      last = x2;
      layer.append(bandOf(b, x1, x2, y));
    }
  }
}
function bandOf(b, x1, x2, y) {
  const pale = ['', 'follower', 'idle'].includes(b.role);
  const strength = !b.up ? 'away' : b.role === 'leader' ? 'leader' : pale ? 'follower' : 'busy';
  const what = (b.role || 'up') + (b.term && b.up ? ' @' + b.term : '');
  const g = el('g', {class: `band ${strength} ${termClass.get(b.term) || 'none'}`});
  g.append(el('rect', {x: x1, y: y - body / 2, width: x2 - x1, height: body, rx: x2 - x1 < 8 ? 0 : 3}));
  if (x2 - x1 < 8) return g;
  g.append(el('title', {}, `${nodeName(b.node)}: ${what}`));
  const short = b.term && b.up ? '@' + b.term : '';
  const marked = b.from >= 0 && edgeOf[records[b.from].kind] === 0 ? 8 : 0; // by a sign where it begins
  const text = [what, short].find(t => t && widthOf(t, fontOf(13)) + 14 + marked < x2 - x1);
  if (text && (b.role || b.term)) g.append(el('text', {x: x1 + 7 + marked, y: y + 4.5, 'font-size': 13}, text));
  return g;
}

// --- messages
function ends(a) {
  const r = records[a.from < 0 ? a.to : a.from];
  const [node, peer] = r.kind === 'deliver' ? [r.peer, r.node] : [r.node, r.peer];
  const y1 = laneOf.get(node), y2 = laneOf.get(peer), down = y2 > y1 ? 1 : -1;
  if (y1 === undefined || y2 === undefined) return null;
  const p = {x1: 0, y1: y1 + down * body / 2, x2: 0, y2: y2 - down * body / 2, whole: false};
  p.x1 = a.from < 0 ? x(records[a.to]) - 24 : x(records[a.from]);
  p.x2 = a.to < 0 ? p.x1 + 16 : x(records[a.to]);
  if (a.from >= 0 && a.to >= 0 && !a.lost) p.whole = true;
  if (a.to < 0 || a.lost) { // it ends on its way
    const part = a.lost ? 0.45 : Math.min(0.3, 30 / Math.abs(p.y2 - p.y1 || 1));
    p.x2 = Math.max(p.x2, p.x1 + (a.lost ? 18 : 8)), p.y2 = p.y1 + (p.y2 - p.y1) * part;
  } else if (a.from < 0) {
    p.y1 = p.y2 - (p.y2 - p.y1) * 0.4;
  }
  return p;
}
function arrowOf(a, p) {
  const r = records[a.to < 0 || a.lost ? a.from < 0 ? a.to : a.from : a.to];
  const sent = a.from < 0 ? r : records[a.from];
  const kind = a.lost ? 'lost' : a.to < 0 ? 'pending' : a.again ? 'again' : 'whole';
  const id = a.to < 0 ? a.from : a.to;
  const g = el('g', {class: `arrow ${kind} ${termClass.get(sent.term) || 'none'}`, id: 'a' + id});
  const line = `M${p.x1.toFixed(1)} ${p.y1.toFixed(1)}L${p.x2.toFixed(1)} ${p.y2.toFixed(1)}`;
  g.append(el('title', {}, `${nodeName(r.node)} ${sentence(r)}`));
  g.append(el('path', {class: 'hit', d: line}), el('path', {class: 'line', d: line}));
  const turn = Math.atan2(p.y2 - p.y1, p.x2 - p.x1) * 180 / Math.PI;
  const heads = {lost: 'M-5-5 5 5M5-5-5 5', pending: 'M3.5 0a3.5 3.5 0 1 0-.01 1z', whole: 'M0 0-9-4.2-9 4.2z'};
  const how = `translate(${p.x2.toFixed(1)} ${p.y2.toFixed(1)}) rotate(${kind === 'lost' ? 0 : turn.toFixed(1)})`;
  g.append(el('path', {class: 'head', d: heads[kind] || heads.whole, transform: how}));
  for (const i of [a.from, a.to]) if (i >= 0) remember(i, g);
  g.record = id;
  return g;
}
function drawArrows(layer, labels, low, high) {
  const seen = [];
  for (const block of blocks) {
    if (block.to < low || block.from > high) continue;
    for (const a of block.part) {
      if (Math.max(a.from, a.to) < low || (a.from < 0 ? a.to : a.from) > high) continue;
      const r = records[a.to < 0 ? a.from : a.to];
      if (!passes(r) || (a.from >= 0 && !passes(records[a.from]))) continue;
      const p = ends(a);
      if (!p) continue;
      layer.append(arrowOf(a, p));
      seen.push([a, p, r]);
    }
  }
  if (seen.length > 70) return;
  for (const [a, p, r] of seen) {
    if (a.to < 0 && seen.length >= 30) continue; // what goes nowhere is short: its label would cover it
    const along = part => [p.x1 + (p.x2 - p.x1) * part, p.y1 + (p.y2 - p.y1) * part];
    label(labels, r.name, [0.5, 0.36, 0.64, 0.25, 0.75].map(along), 12, 'name');
  }
}

// Far away: a stroke for what changes how a node stands, and where it commits.
function drawStrokes(layer, low, high) {
  const last = new Map();
  for (let i = low; i <= high && i < records.length; ++i) {
    const r = records[i], at = x(r), place = r.kind + r.node;
    if (!['crash', 'stop', 'commit', 'fault'].includes(r.kind) || !passes(r)) continue;
    if (at - (last.get(place) ?? -9) < 3) continue; // no room beside the one before it
    last.set(place, at);
    const edge = r.kind === 'commit' ? -body / 2 - 8 : body / 2;
    const y = r.node === 0 ? axisHeight + 12 : laneOf.get(r.node) + edge;
    layer.append(el('rect', {class: 'k-' + r.kind, x: at - 0.75, y, width: 1.5, height: 8}));
  }
}
function drawMarks(layer, labels, low, high) {
  const notes = [];
  for (let i = low; i <= high && i < records.length; ++i) {
    const r = records[i];
    if (edgeOf[r.kind] === undefined || !passes(r) || r.kind === 'violation') continue;
    const [dx, dy] = offsetOf(r), at = x(r) + dx;
    if (r.node === 0) layer.append(el('line', {class: 'everywhere', x1: at, x2: at, y1: axisHeight, y2: height}));
    const y = r.node === 0 ? axisHeight + 12 : laneOf.get(r.node) + dy;
    const g = el('g', {class: 'mark', id: 'm' + i, transform: `translate(${at.toFixed(1)} ${y})`});
    g.append(el('title', {}, `${nodeName(r.node)} ${sentence(r)}`));
    g.append(el('circle', {class: 'hit', r: 11}), signOf(r.kind));
    g.record = i;
    layer.append(g);
    remember(i, g);
    boxes.push([at - 8, y - 9, at + 8, y + 9]);
    const text = r.kind === 'commit' ? '#' + r.index : r.kind === 'client' ? r.name : '';
    if (text) notes.push([text, at + 12 + widthOf(text, fontOf(12)) / 2, y]);
  }
  for (const [text, cx, cy] of notes) label(labels, text, [[cx, cy]], 12, 'note');
}

function drawViolation(layer) {
  const r = records[records.length - 1];
  if (!r || r.kind !== 'violation') return;
  const at = x(r);
  if (at < gutter - 1 || at > width + 400) return;
  const g = el('g', {class: 'end', id: 'm' + r.i});
  g.append(el('title', {}, sentence(r)));
  g.append(el('rect', {x: at, y: axisHeight, width: Math.max(width - at, 0), height: height - axisHeight}));
  g.append(el('line', {x1: at, x2: at, y1: axisHeight - 6, y2: height}));
  const y = r.node === 0 || !laneOf.has(r.node) ? axisHeight + 12 : laneOf.get(r.node);
  g.append(el('g', {transform: `translate(${at} ${y})`}, signOf('violation')));
  const room = width - at > widthOf(r.text, fontOf(13)) + 12;
  const words = {x: room ? at + 6 : Math.min(at + 6, width - 4), y: 16, 'text-anchor': room ? 'start' : 'end',
    'font-size': 13};
  g.append(el('text', words, 'broken: ' + r.text));
  g.record = r.i;
  layer.append(g);
  remember(r.i, g);
}
)js";

} // namespace quorate::check::page_detail
