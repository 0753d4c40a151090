// The page's script, last part: buttons, pointer, keys, filters, print; and the beginning of it all.
#pragma once

#include "quorate/core/config.hpp"

#include <string_view>

namespace quorate::check::page_detail {

inline constexpr std::string_view page_tools = R"js(
// --- the pointer
let drag = null;
svg.addEventListener('pointermove', e => {
  if (drag) {
    const by = drag.x - e.clientX;
    if (Math.abs(e.clientX - drag.begin) > 4) drag.moved = true;
    if (drag.moved) pan(by), drag.x = e.clientX, hideTip(), svg.classList.add('dragged');
    return;
  }
  const owner = recordAt(e.target);
  hover(owner ? owner.record : -1);
  if (owner) showTip(owner.record, e.clientX, e.clientY, owner); else hideTip();
});
svg.addEventListener('pointerleave', () => { if (!drag) hover(-1), hideTip(); });
svg.addEventListener('pointerdown', e => {
  if (e.button !== 0) return;
  drag = {x: e.clientX, begin: e.clientX, moved: false, owner: recordAt(e.target)};
  svg.setPointerCapture(e.pointerId);
});
svg.addEventListener('pointerup', () => {
  const was = drag;
  drag = null;
  svg.classList.remove('dragged');
  if (was && !was.moved) select(was.owner ? was.owner.record : -1, 'diagram');
});
svg.addEventListener('pointercancel', () => { drag = null; });
stage.addEventListener('wheel', e => {
  const unit = e.deltaMode === 1 ? 30 : 1;
  hideTip();
  if (e.shiftKey || Math.abs(e.deltaX) > Math.abs(e.deltaY)) {
    e.preventDefault();
    return pan((e.deltaX || e.deltaY) * unit);
  }
  if (e.deltaY > 0 && view.k <= leastZoom() * 1.001) return; // all is in view: let the page scroll
  e.preventDefault();
  zoom(Math.exp(-e.deltaY * unit / 300), e.clientX - svg.getBoundingClientRect().left);
}, {passive: false});

const stripTo = e => {
  const part = (e.clientX - strip.getBoundingClientRect().left - gutter) / (width - gutter);
  look(part * (moments + 1) - 0.5 - (width - gutter) / view.k / 2, view.k);
};
strip.addEventListener('pointerdown', e => { strip.setPointerCapture(e.pointerId); stripTo(e); });
strip.addEventListener('pointermove', e => { if (e.buttons & 1) stripTo(e); });

// --- the list
story.addEventListener('scroll', () => fill());
const rowAt = e => e.target.closest('.row');
story.addEventListener('pointermove', e => hover(rowAt(e) ? rowAt(e).record : -1));
story.addEventListener('pointerleave', () => hover(-1));
story.addEventListener('click', e => { if (rowAt(e)) select(rowAt(e).record, 'list'); });

// --- keys
function move(by, node, from) {
  const i = step(by, node);
  if (i >= 0) select(i, from);
}
story.addEventListener('keydown', e => {
  const by = {ArrowDown: 1, ArrowUp: -1, PageDown: 14, PageUp: -14}[e.key];
  if (e.key === 'Home' && listed.length) select(listed[0].i);
  else if (e.key === 'End' && listed.length) select(listed[listed.length - 1].i);
  else if (by) move(by);
  else return;
  e.preventDefault();
});
stage.addEventListener('keydown', e => {
  if (e.ctrlKey || e.metaKey || e.altKey) return;
  const one = records[selected], across = (width - gutter) / 4;
  const does = {
    '+': () => zoom(1.5), '=': () => zoom(1.5), '-': () => zoom(1 / 1.5), '0': fit, Home: toBegin, End: toEnd,
    ArrowRight: () => e.shiftKey ? pan(across) : move(1), ArrowLeft: () => e.shiftKey ? pan(-across) : move(-1),
    ArrowDown: () => move(1, one && one.node), ArrowUp: () => move(-1, one && one.node), Escape: () => select(-1),
  }[e.key];
  if (!does) return;
  e.preventDefault();
  does();
  requestAnimationFrame(() => requestAnimationFrame(showTipOfSelected));
});
stage.addEventListener('blur', hideTip);

// --- buttons and filters
const actions = {in: () => zoom(1.5), out: () => zoom(1 / 1.5), fit, begin: toBegin, end: toEnd};
for (const b of document.querySelectorAll('[data-action]')) b.addEventListener('click', actions[b.dataset.action]);
for (const b of document.querySelectorAll('[data-scale]'))
  b.addEventListener('click', () => setScale(b.dataset.scale));

function refilter() {
  layOut();
  list();
  draw();
}
// A button a name: pressed means shown. `flip(on)` says so to who draws.
function toggle(where, text, count, flip, kind) {
  const b = tag('button', 'toggle', ...(kind ? [picture(kind)] : []), text);
  if (count !== undefined) b.append(tag('span', 'number', String(count)));
  b.type = 'button';
  b.setAttribute('aria-pressed', 'true');
  b.dataset.filter = text;
  b.addEventListener('click', () => {
    const on = b.getAttribute('aria-pressed') !== 'true';
    b.setAttribute('aria-pressed', on);
    flip(on);
    refilter();
  });
  byId(where).append(b);
}
function countBy(key, which = records) {
  const counts = new Map();
  for (const r of which) counts.set(key(r), (counts.get(key(r)) || 0) + 1);
  return counts;
}
const putIn = (set, one, there) => there ? set.add(one) : set.delete(one);
function makeFilters() {
  page.nodes.forEach((name, n) => toggle('nodes', name, undefined, on => putIn(shownNodes, n + 1, on)));
  const counts = countBy(r => groupOf[r.kind]);
  for (const group of new Set(Object.values(groupOf))) {
    if (!counts.has(group) || group === 'violation') continue;
    const kind = Object.keys(groupOf).find(k => groupOf[k] === group && records.some(r => r.kind === k));
    toggle('kinds', group, counts.get(group), on => putIn(hiddenGroups, group, !on), kind);
  }
  const sent = countBy(r => r.name, records.filter(r => r.kind === 'send'));
  for (const [name, n] of [...sent].sort((a, b) => b[1] - a[1]))
    toggle('types', name, n, on => putIn(hiddenNames, name, !on));
  byId('typesbox').hidden = sent.size < 2;
}

// --- find
byId('find').addEventListener('keydown', e => {
  if (e.key === 'Escape') return void (e.target.value = '', byId('found').textContent = '');
  if (e.key === 'Enter') e.preventDefault(), find(e.target.value, e.shiftKey ? -1 : 1);
});
byId('find').addEventListener('input', e => find(e.target.value, 0));
function find(text, by) {
  const wanted = text.trim().toLowerCase();
  const holds = r => (nodeName(r.node) + ' ' + sentence(r)).toLowerCase().includes(wanted);
  const hits = wanted ? listed.filter(holds) : [];
  byId('found').textContent = !wanted ? '' : hits.length === 0 ? 'none' : `${hits.length} found`;
  if (hits.length === 0 || !by) return;
  let at = hits.findIndex(r => r.i >= selected);
  if (at < 0) at = by > 0 ? 0 : hits.length;
  else if (by < 0 || hits[at].i === selected) at += by;
  at = (at + hits.length) % hits.length;
  byId('found').textContent = `${at + 1} of ${hits.length}`;
  select(hits[at].i);
}

// --- the legend: the same signs as in the diagram
function makeLegend() {
  const legend = byId('legend');
  const add = (drawing, text) => legend.append(tag('li', '', drawing, text));
  const small = (kind, ...inside) =>
    el('svg', {viewBox: '0 0 46 20', width: 46, height: 20, 'aria-hidden': 'true'},
      el('g', {class: kind}, ...inside));
  const band = (strength, t) =>
    small(`band ${strength} ${t}`, el('rect', {x: 1, y: 2, width: 44, height: 16, rx: 3}));
  const arrow = (kind, head) => small(`arrow t0 ${kind}`, el('path', {class: 'line', d: 'M2 10H40'}),
    el('path', {class: 'head', d: head, transform: 'translate(42 10)'}));
  add(band('leader', 't0'), 'leader @term, a colour a term');
  add(band('busy', 't0'), 'candidate, proposer');
  add(band('follower', 't0'), 'follower, idle');
  if (bands.flat().some(b => !b.up)) add(band('away', 'none'), 'down, stopped');
  add(arrow('whole', 'M0 0-9-4.2-9 4.2z'), 'message, in its sender\u2019s term');
  if (arrows.some(a => a.again)) add(arrow('again', 'M0 0-9-4.2-9 4.2z'), 'the same, heard again');
  if (arrows.some(a => a.lost)) add(arrow('lost', 'M-5-5 5 5M5-5-5 5'), 'lost');
  if (arrows.some(a => a.to < 0)) add(arrow('pending', 'M3.5 0a3.5 3.5 0 1 0-.01 1z'), 'not arrived at the end');
  const what = {crash: 'crash', start: 'start', stop: 'stops by itself', sync_begins: 'a sync begins',
    sync: 'disk has synced', timer: 'timeout',
    commit: 'commit, up to #', client: 'request', outcome: 'its outcome', fault: 'fault', violation: 'broken'};
  for (const kind in what) if (records.some(r => r.kind === kind)) add(picture(kind), what[kind]);
}

// --- paper: the records in view, all of them that a few pages hold
addEventListener('beforeprint', () => {
  const from = listed.findIndex(r => r[view.scale] >= view.at), to = rightMoment();
  const most = listed.filter(r => r[view.scale] >= view.at && r[view.scale] <= to).length;
  fill(Math.max(from, 0), Math.min(most, 600));
});
addEventListener('afterprint', () => fill());

// --- the beginning
function resize() {
  layOut();
  drawStrip();
  look(view.at, view.k);
  fill();
}
if (page.of > records.length)
  byId('cut').textContent = `The page holds the last ${records.length} of ${page.of} records.`;
makeFilters();
makeLegend();
layOut();
list();
drawStrip();
firstLook();
select(records.length && records[records.length - 1].kind === 'violation' ? records.length - 1 : -1);
story.scrollTop = story.scrollHeight;
drawNow();
let resized = 0;
new ResizeObserver(() => {
  if (stage.clientWidth === resized) return;
  resized = stage.clientWidth;
  resize();
}).observe(stage);
)js";

} // namespace quorate::check::page_detail
