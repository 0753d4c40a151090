// The page's script, fourth part: the records as a list, one record in full, and what ties both to the diagram.
#pragma once

#include "quorate/core/config.hpp"

#include <string_view>

namespace quorate::check::page_detail {

inline constexpr std::string_view page_story = R"js(
const story = byId('story'), rows = byId('rows'), tip = byId('tip');
const rowHeight = 26;
let listed = [], placeOf = new Map(); // what the filters let through, and where in the list
let hovered = -1, selected = -1;

function tag(name, kind, ...inside) {
  const e = document.createElement(name);
  if (kind) e.className = kind;
  e.append(...inside);
  return e;
}
const picture = kind =>
  el('svg', {viewBox: '-11 -11 22 22', width: 18, height: 18, 'aria-hidden': 'true'}, signOf(kind));

function list() {
  listed = records.filter(passes);
  placeOf = new Map(listed.map((r, i) => [r.i, i]));
  byId('room').style.height = listed.length * rowHeight + 'px';
  byId('count').textContent = listed.length === records.length ? `${records.length} records`
    : `${listed.length} of ${records.length} records`;
  fill();
}
function rowOf(place) {
  const r = listed[place], again = place > 0 && listed[place - 1].time === r.time;
  const row = tag('div', `row k-${r.kind}` + (again ? ' again' : ''),
    tag('span', 'time', again ? '' : timeText(r.time)),
    tag('span', 'node', r.node ? page.nodes[r.node - 1] : '*'));
  row.append(tag('span', 'sign', picture(r.kind)), tag('span', 'what', sentence(r)));
  row.id = 'r' + r.i;
  row.setAttribute('role', 'option');
  row.setAttribute('aria-setsize', listed.length);
  row.setAttribute('aria-posinset', place + 1);
  row.setAttribute('aria-selected', r.i === selected);
  row.style.top = place * rowHeight + 'px';
  row.record = r.i;
  return row;
}
// Only the rows in sight are there: a list of all would be too much for a browser.
function fill(from, most) {
  const first = from ?? Math.max(0, Math.floor(story.scrollTop / rowHeight) - 10);
  const beyond = first + (most ?? Math.ceil(story.clientHeight / rowHeight) + 20);
  rows.replaceChildren();
  for (let p = first; p < Math.min(listed.length, beyond); ++p) rows.append(rowOf(p));
  emphasise();
}

// --- one record in full
// The other end of its message: where it was sent, where it has gone.
function othersOf(r) {
  return !isMessage(r) ? [] : records.filter(o => o.i !== r.i && isMessage(o) && o.message === r.message);
}
function parting(r) {
  const words = [timeText(r.time)];
  if (r.term) words.push('@' + r.term);
  if (r.index) words.push('#' + r.index);
  return words.join('  \u00b7  ');
}
function fateOf(r, others) {
  if (!isMessage(r)) return '';
  const at = (kind, verb) => others.filter(o => o.kind === kind).map(o => `${verb} ${timeText(o.time)}`);
  const words = r.kind === 'send' ? [...at('deliver', 'heard'), ...at('drop', 'lost')] : at('send', 'sent');
  if (r.kind === 'send' && words.length === 0) words.push('on its way when the run ends');
  return words.slice(0, 6).join(', ');
}
function inFull(r) {
  const others = othersOf(r);
  const parts = [tag('strong', '', `${nodeName(r.node)} ${headline(r)}`), tag('div', 'when', parting(r))];
  const fate = fateOf(r, others);
  if (fate) parts.push(tag('div', 'when', fate));
  if (isMessage(r)) parts.push(tag('pre', '', unfolded(r.text)));
  else if (r.text && r.kind !== 'fault' && !saysItself(r)) parts.push(tag('p', '', r.text));
  return parts;
}
function select(i, from) {
  selected = i;
  const details = byId('details');
  details.replaceChildren();
  if (i < 0) {
    details.append(tag('p', 'hint', 'Choose a record, in the diagram or in the list, to see all of it here.'));
  } else {
    details.append(tag('div', 'when', `record ${i + 1} of ${records.length}`), ...inFull(records[i]));
    if (from !== 'diagram') reveal(i);
    const place = placeOf.get(i);
    if (from !== 'list' && place !== undefined) {
      const top = place * rowHeight, high = story.clientHeight;
      if (top < story.scrollTop || top > story.scrollTop + high - 2 * rowHeight) story.scrollTop = top - high / 2;
    }
    story.setAttribute('aria-activedescendant', 'r' + i);
  }
  fill();
}
// The next record that is listed, `by` places on; with `node`, of that node.
function step(by, node) {
  let place = placeOf.get(selected);
  if (place === undefined) {
    const in_view = listed.findIndex(r => r[view.scale] >= view.at);
    place = by > 0 ? (in_view < 0 ? 0 : in_view) - 1 : Math.max(in_view, 0) + 1;
  }
  do place += by;
  while (node && listed[place] && listed[place].node !== node);
  return listed[place] ? listed[place].i : -1;
}

// --- what the pointer or the keyboard is at
function emphasise() {
  for (const e of document.querySelectorAll('.on, .chosen')) e.classList.remove('on', 'chosen');
  for (const [i, kind] of [[selected, 'chosen'], [hovered, 'on']]) {
    for (const e of drawn.get(i) || []) e.classList.add(kind);
    const row = byId('r' + i);
    if (row) row.classList.add(kind);
    if (row && kind === 'chosen') row.setAttribute('aria-selected', 'true');
  }
  const first = (drawn.get(selected) || [])[0];
  if (first) stage.setAttribute('aria-activedescendant', first.id);
  else stage.removeAttribute('aria-activedescendant');
}
// The diagram's own titles are for those who hear the page: the tip takes their place while the pointer is there.
let muted = null;
function showTip(i, px, py, owner) {
  tip.replaceChildren(...inFull(records[i]));
  tip.hidden = false;
  const w = tip.offsetWidth, h = tip.offsetHeight;
  tip.style.left = Math.max(8, Math.min(px + 14, innerWidth - w - 8)) + 'px';
  tip.style.top = (py + 18 + h < innerHeight ? py + 18 : Math.max(8, py - h - 12)) + 'px';
  const title = owner && owner.querySelector('title');
  if (title && (!muted || muted.title !== title)) {
    unmute();
    muted = {title, words: title.textContent};
    title.textContent = '';
  }
}
function unmute() {
  if (muted) muted.title.textContent = muted.words;
  muted = null;
}
function hideTip() {
  tip.hidden = true;
  unmute();
}
function hover(i) {
  if (hovered === i) return;
  hovered = i;
  emphasise();
}
// The tip beside the record that the keyboard is at.
function showTipOfSelected() {
  const e = (drawn.get(selected) || [])[0];
  if (!e) return hideTip();
  const box = e.getBoundingClientRect();
  showTip(selected, box.left + box.width / 2, box.top + box.height / 2, null);
}
const recordAt = target => {
  const e = target.closest && target.closest('.mark, .arrow, .end');
  return e ? e : null;
};
)js";

} // namespace quorate::check::page_detail
