// The page's script, first part: what the records say of nodes and messages, before anything is drawn.
#pragma once

#include "quorate/core/config.hpp"

#include <string_view>

namespace quorate::check::page_detail {

inline constexpr std::string_view page_model = R"js('use strict';
const byId = id => document.getElementById(id);
const page = JSON.parse(byId('trace').textContent);
const records = page.records.map((r, i) => ({
  i, time: Number(r[0]), node: r[1], kind: page.kinds[r[2]], peer: r[3], message: r[4], term: r[5], index: r[6],
  name: page.texts[r[7]], text: page.texts[r[8]],
}));
const nodeName = n => n === 0 ? 'all nodes' : 'node ' + page.nodes[n - 1];

// What is shown or hidden together.
const groupOf = {
  send: 'messages', deliver: 'messages', drop: 'lost messages', sync_begins: 'syncs', sync: 'syncs',
  timer: 'timers', role: 'roles',
  commit: 'commits', client: 'clients', outcome: 'clients', crash: 'crashes', start: 'crashes', stop: 'crashes',
  fault: 'faults', violation: 'violation',
};
const isMessage = r => r.kind === 'send' || r.kind === 'deliver' || r.kind === 'drop';

// --- words
function timeText(t, digits = 6) {
  return page.unit === 'us' ? (t / 1e6).toFixed(digits) + ' s' : page.unit + ' ' + Math.round(t);
}
const verbs = {
  start: 'starts', crash: 'crashes', stop: 'stops by itself', sync_begins: 'begins a sync',
  sync: 'has synced', timer: 'timer', role: 'becomes',
  commit: 'knows as committed', client: 'is asked', outcome: 'answers',
  violation: 'is where it breaks',
};
// Its text is all that it did: "it is given a command".
const saysItself = r => !r.name && !isMessage(r) && (r.text || '').startsWith('it ');
// What it did, without the message's content.
function headline(r) {
  if (r.kind === 'send') return 'sends ' + r.name + ' to ' + page.nodes[r.peer - 1];
  if (r.kind === 'deliver') return 'hears ' + r.name + ' from ' + page.nodes[r.peer - 1];
  if (r.kind === 'drop') return 'to ' + page.nodes[r.peer - 1] + ' is lost: ' + r.name;
  if (r.kind === 'fault') return 'fault: ' + (r.name ? r.name + ' ' : '') + r.text;
  if (saysItself(r)) return r.text.slice(3);
  let words = verbs[r.kind];
  if (r.name) words += ' ' + r.name;
  if (r.kind === 'commit') words += ' #' + r.index;
  if (r.kind === 'role' && r.term) words += ' @' + r.term;
  return words;
}
function sentence(r) {
  if (r.kind === 'fault' || saysItself(r)) return headline(r);
  const rest = !r.text || r.text === r.name ? '' : isMessage(r) ? r.text.slice(r.name.length) : ': ' + r.text;
  return headline(r) + (isMessage(r) && rest ? ' ' : '') + rest;
}
// A message's content a field a line, where that is more than fits in one.
function unfolded(text) {
  if (text.length < 48) return text;
  let out = '', depth = 0, quoted = false;
  for (let i = 0; i < text.length; ++i) {
    const c = text[i];
    if (c === '"') quoted = !quoted;
    const newLine = () => '\n' + '  '.repeat(depth);
    if (quoted) out += c;
    else if (c === '{' && text[i + 1] !== '}') ++depth, out += c + newLine();
    else if (c === '}' && text[i - 1] !== '{') --depth, out += newLine() + c;
    else if (c === ',' && text[i + 1] === ' ') ++i, out += c + newLine();
    else out += c;
  }
  return out;
}

// --- places in time. `even`: each moment gets the same room; a record gets a moment of its own when its place at
// the node is taken. `real`: as the time has passed, over the same length.
const edgeOf = {
  start: 0, crash: 0, stop: 0, violation: 0, commit: 1, client: 1, outcome: 1, sync_begins: 2, sync: 2,
  timer: 2, fault: 2,
};
let moments = -1;
{
  let taken = new Set(), last = -1;
  for (const r of records) {
    const edge = edgeOf[r.kind];
    const place = edge === undefined ? -1 : r.node * 4 + edge;
    if (r.time !== last || r.kind === 'violation' || taken.has(place)) ++moments, taken = new Set();
    if (place >= 0) taken.add(place);
    last = r.time;
    r.even = moments;
  }
  const begin = records.length ? records[0].time : 0, span = records.length ? last - begin : 0;
  for (const r of records) r.real = span > 0 ? (r.time - begin) / span * moments : r.even;
}

// --- how each node stands: a band from one record to another (-1: from the beginning; records.length: to the end)
// A ballot is a text, "3.2": its round, and its member.
const partsOf = term => String(term).split('.').map(Number);
const byTerm = (a, b) => {
  const [x, y] = [partsOf(a), partsOf(b)];
  return x[0] - y[0] || (x[1] || 0) - (y[1] || 0);
};
const terms = [...new Set(records.map(r => r.term).filter(t => t))].sort(byTerm);
const termClass = new Map(terms.map((t, i) => [t, 't' + i % 7]));
const bands = page.nodes.map(() => []);
{
  const now = page.nodes.map((_, n) => ({node: n + 1, from: -1, role: '', term: 0, up: true}));
  const turn = (n, i, change) => {
    const begun = records[now[n].from], at = i < records.length ? records[i].time : 0;
    const fresh = !begun || (begun.kind === 'start' && begun.time === at);
    if (fresh && !now[n].role && change.role && change.up === undefined) // it stood so from there on
      return void Object.assign(now[n], change);
    now[n].to = i;
    bands[n].push({...now[n]});
    Object.assign(now[n], {from: i}, change);
  };
  for (const r of records) {
    if (r.node === 0 || r.kind === 'violation') continue;
    const s = now[r.node - 1];
    if (r.kind === 'crash' || r.kind === 'stop') {
      if (s.up) turn(r.node - 1, r.i, {up: false, role: r.kind === 'stop' ? 'stopped' : 'down'});
    } else if (r.kind === 'start') {
      turn(r.node - 1, r.i, {up: true, role: '', term: r.term || s.term});
    } else if (r.kind === 'role') {
      turn(r.node - 1, r.i, {role: r.name, term: r.term || s.term});
    } else if (s.up && r.term && r.term !== s.term) {
      turn(r.node - 1, r.i, {term: r.term});
    }
  }
  now.forEach((s, n) => turn(n, records.length, {}));
}

// --- messages: `from` and `to` are records' places; -1: it is still on its way, or was sent before all this
const arrows = [];
{
  const last = new Map(), heard = new Set();
  const claim = (r, lost) => {
    const sent = last.has(r.message) ? last.get(r.message) : -1;
    arrows.push({from: sent, to: r.i, lost, again: heard.has(sent)});
    if (sent >= 0) heard.add(sent);
  };
  for (const r of records) {
    if (r.kind === 'send') last.set(r.message, r.i);
    else if (r.kind === 'deliver') claim(r, false);
    else if (r.kind === 'drop') claim(r, true);
  }
  for (const r of records) if (r.kind === 'send' && !heard.has(r.i)) arrows.push({from: r.i, to: -1, lost: false});
  const begin = a => a.from < 0 ? a.to : a.from;
  arrows.sort((a, b) => begin(a) - begin(b));
}
// Blocks of arrows, each with the records that it reaches from and to: what is out of view is passed over.
const blocks = [];
for (let at = 0; at < arrows.length; at += 256) {
  const part = arrows.slice(at, at + 256);
  blocks.push({
    part, from: Math.min(...part.map(a => a.from < 0 ? a.to : a.from)),
    to: Math.max(...part.map(a => Math.max(a.from, a.to))),
  });
}
)js";

} // namespace quorate::check::page_detail
