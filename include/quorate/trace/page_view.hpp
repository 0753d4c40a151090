// The page's script, third part: which part of the run is seen, and the strip above it that shows where that is.
#pragma once

#include "quorate/core/config.hpp"

#include <string_view>

namespace quorate::check::page_detail {

inline constexpr std::string_view page_view = R"js(
// --- the axis
function drawAxis(layer) {
  layer.append(el('rect', {class: 'axis', x: 0, y: 0, width, height: axisHeight - 6}));
  const span = (width - gutter) / view.k;
  const time = moment => (records[Math.min(firstAt(moment), records.length - 1)] || {time: 0}).time;
  const digits = time(view.at + span) - time(view.at) < 1e5 ? 6 : 3;
  const room = widthOf(timeText(records.length ? records[records.length - 1].time : 0, digits), fontOf(12)) + 26;
  if (view.scale === 'real') {
    for (let at = gutter + room / 2; at < width - room / 2; at += room)
      tick(layer, at, records[0].time + (view.at + (at - gutter) / view.k) * timePerMoment(), digits);
    return;
  }
  let next = gutter + room / 2;
  for (let i = firstAt(view.at); i < records.length; ++i) {
    const at = x(records[i]);
    if (at > width - room / 2) break;
    const same = i > 0 && records[i - 1].time === records[i].time;
    if (at < next || same || records[i].kind === 'violation') continue;
    tick(layer, at, records[i].time, digits);
    next = at + room;
    i = Math.max(i, firstAt(view.at + (next - gutter) / view.k) - 1); // over what has no room for a label anyway
  }
}
function tick(layer, at, time, digits) {
  layer.append(el('line', {class: 'tick', x1: at, x2: at, y1: axisHeight - 6, y2: height}));
  const text = el('text', {x: at, y: axisHeight - 11, 'text-anchor': 'middle', 'font-size': 12});
  text.append(timeText(time, digits));
  layer.append(text);
}
const timePerMoment = () => moments > 0 ? (records[records.length - 1].time - records[0].time) / moments : 1;

function drawNames(layer) {
  layer.append(el('rect', {class: 'gutter', x: 0, y: 0, width: gutter - 1, height}));
  for (const [n, y] of laneOf) {
    let text = nodeName(n);
    const fits = () => widthOf(text, '600 ' + fontOf(14)) <= gutter - 20;
    while (text.length > 3 && !fits()) text = text.slice(0, -2) + '\u2026';
    layer.append(el('text', {class: 'node', x: 10, y: y + 5, 'font-size': 14}, text));
  }
}

// --- everything in view
let due = false;
function draw() {
  if (due) return;
  due = true;
  requestAnimationFrame(() => { due = false; drawNow(); });
}
function drawNow() {
  svg.querySelectorAll('g.layer').forEach(g => g.remove());
  const layer = name => svg.appendChild(el('g', {class: 'layer ' + name}));
  drawn = new Map(), boxes = [];
  const low = firstAt(view.at - 1), high = firstAt(rightMoment() + 1) - 1;
  let wanted = 0;
  for (let i = low; i <= high; ++i) if (records[i].kind !== 'role' && passes(records[i])) ++wanted;
  const far = wanted > mostDrawn;
  for (const [, y] of laneOf) boxes.push([0, y - body / 2, width, y + body / 2]);
  const [axis, band, arrow, mark, words] = ['axes', 'bands', 'arrows', 'marks', 'words'].map(layer);
  drawAxis(axis);
  drawBands(band);
  if (far) drawStrokes(mark, low, high);
  else drawMarks(mark, words, low, high), drawArrows(arrow, words, low, high);
  drawViolation(layer('ending'));
  drawNames(layer('names'));
  emphasise();
  tellView(low, high, far ? wanted : 0);
  drawFrame();
}
function tellView(low, high, tooMany) {
  const first = Math.min(low, records.length - 1), last = Math.max(high, first);
  let text = 'There is no record.';
  if (records.length > 0)
    text = `Records ${first + 1} to ${last + 1} of ${records.length}, ` +
      `${timeText(records[first].time)} to ${timeText(records[last].time)}.`;
  if (tooMany) text += ` Messages are not drawn here: zoom in until at most ${mostDrawn} records are in view.`;
  byId('where').textContent = text;
  byId('where').classList.toggle('warns', tooMany > 0);
}

// --- zoom and pan
const leastZoom = () => (width - gutter - 40) / (moments + 1.5);
const mostZoom = () => Math.max(view.scale === 'even' ? 420 : 1e7, leastZoom());
function look(at, k) {
  view.k = Math.min(Math.max(k, leastZoom()), mostZoom());
  const seen = (width - gutter) / view.k;
  view.at = Math.min(Math.max(at, -0.75), Math.max(moments + 0.75 + 30 / view.k - seen, -0.75));
  draw();
}
function zoom(factor, px = gutter + (width - gutter) / 2) {
  const under = view.at + (px - gutter) / view.k, k = Math.min(Math.max(view.k * factor, leastZoom()), mostZoom());
  look(under - (px - gutter) / k, k);
}
const pan = px => look(view.at + px / view.k, view.k);
const fit = () => look(-0.75, 0);
const toEnd = () => look(1e12, Math.max(view.k, Math.min(60, mostZoom())));
const toBegin = () => look(-1, view.k);
// A legible width for each moment, with the end in view: there stands what is broken.
function firstLook() {
  look(-0.75, Math.max(leastZoom(), 22));
  look(1e12, Math.min(view.k, 110));
}
function reveal(i) {
  const at = x(records[i]);
  if (at < gutter + 30 || at > width - 60) look(records[i][view.scale] - (width - gutter) / view.k / 2, view.k);
}
function setScale(scale) {
  const middle = firstAt(view.at + (width - gutter) / view.k / 2);
  view.scale = scale;
  for (const b of document.querySelectorAll('[data-scale]'))
    b.setAttribute('aria-pressed', b.dataset.scale === scale);
  drawStrip();
  look(view.at, view.k);
  if (records[middle]) look(records[middle][scale] - (width - gutter) / view.k / 2, view.k);
}

// --- the strip: the whole run in small
const strip = byId('strip'), stripHeight = 44;
const stripX = moment => gutter + (moment + 0.5) / (moments + 1) * (width - gutter);
function drawStrip() {
  strip.replaceChildren();
  strip.setAttribute('viewBox', `0 0 ${width} ${stripHeight}`);
  strip.setAttribute('width', width);
  strip.append(el('text', {x: 10, y: 26, 'font-size': 12}, 'whole run'));
  const bins = new Float64Array(200);
  for (const r of records) bins[Math.min(199, Math.floor((r[view.scale] + 0.5) / (moments + 1) * 200))]++;
  const most = Math.max(...bins, 1), each = (width - gutter) / 200;
  bins.forEach((n, i) => n && strip.append(el('rect', {class: 'busyness', x: gutter + i * each,
    y: stripHeight - 30 * n / most, width: each - 0.5, height: 30 * n / most})));
  let last = -9;
  for (const b of bands.flat().filter(one => one.role === 'leader').sort((one, two) => one.from - two.from)) {
    const from = stripX(records[b.from][view.scale]);
    const to = stripX(b.to < records.length ? records[b.to][view.scale] : moments + 0.5);
    if (to - last < 1) continue;
    strip.append(el('rect', {class: 'reign ' + (termClass.get(b.term) || 'none'), x: from, y: 3,
      width: Math.max(to - from, 1), height: 7}));
    last = to;
  }
  last = -9;
  for (const r of records) {
    if (r.kind !== 'crash' && r.kind !== 'stop' && r.kind !== 'violation') continue;
    const at = stripX(r[view.scale]);
    if (at - last < 2 && r.kind !== 'violation') continue;
    strip.append(el('rect', {class: 'k-' + r.kind, x: at - 1, y: 11, width: r.kind === 'violation' ? 3 : 1.5,
      height: r.kind === 'violation' ? 33 : 6}));
    last = at;
  }
  strip.append(el('rect', {class: 'frame', y: 1, height: stripHeight - 2, rx: 3}));
}
function drawFrame() {
  const frame = strip.querySelector('.frame');
  if (!frame) return;
  const from = Math.max(stripX(view.at), gutter), to = Math.min(stripX(rightMoment()), width);
  frame.setAttribute('x', from);
  frame.setAttribute('width', Math.max(to - from, 4));
}
)js";

} // namespace quorate::check::page_detail
