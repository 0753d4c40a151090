// How the page looks, by day, by night and on paper.
#pragma once

#include "quorate/core/config.hpp"

#include <string_view>

namespace quorate::check::page_detail {

inline constexpr std::string_view page_style = R"css(
:root {
  color-scheme: light dark;
  --paper: #ffffff; --ground: #f3f5f8; --ink: #1a1f27; --faint: #566070; --rule: #d3d9e2; --hover: #e6eefb;
  --accent: #0b57d0; --good: #0a6b41; --bad: #b3161b; --bad-pale: #fdecec; --warn: #a04a00; --client: #6b2fb3;
  --away: #e3e6eb; --tone: 0.15;
  --l0: #1f5fbf; --l1: #a8480b; --l2: #0b7a4b; --l3: #7b3fb5; --l4: #b3205a; --l5: #0a6f85; --l6: #756000;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #171b21; --ground: #0f1216; --ink: #e8ebf0; --faint: #a4aebc; --rule: #353d48; --hover: #243044;
    --accent: #8ab4f8; --good: #63d297; --bad: #ff8b86; --bad-pale: #3a1c1d; --warn: #ffb067; --client: #cda6ff;
    --away: #272d35; --tone: 0.34;
    --l0: #7fb0ff; --l1: #f5a262; --l2: #5fd39b; --l3: #cfa3ff; --l4: #ff8fb8; --l5: #5ecbe3; --l6: #d9c24a;
  }
}
.t0 { --c: #1f5fbf; --l: var(--l0); } .t1 { --c: #a8480b; --l: var(--l1); }
.t2 { --c: #0b7a4b; --l: var(--l2); } .t3 { --c: #7b3fb5; --l: var(--l3); }
.t4 { --c: #b3205a; --l: var(--l4); } .t5 { --c: #0a6f85; --l: var(--l5); }
.t6 { --c: #756000; --l: var(--l6); }
.none { --c: #6b7585; --l: var(--faint); }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body {
  margin: 0; background: var(--ground); color: var(--ink);
  font: 15px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
}
code, pre, .what { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
header, main { max-width: 1800px; margin: 0 auto; padding: 0 20px; }
header { padding-top: 16px; }
h1 { margin: 0 0 4px; font-size: 21px; line-height: 1.3; }
h1.broken { color: var(--bad); }
h1.broken::before { content: "\2716\00a0\00a0"; }
h2 { margin: 0; font-size: 15px; }
header p { margin: 0 0 6px; color: var(--faint); }
header p span { margin-left: 12px; }
header code { padding: 2px 8px; border: 1px solid var(--rule); border-radius: 5px; background: var(--paper);
  color: var(--ink); font-size: 14px; user-select: all; overflow-wrap: anywhere; }
#cut, .warns { color: var(--warn); font-weight: 600; }
#cut:empty { display: none; }

/* --- buttons */
.tools { display: flex; flex-wrap: wrap; gap: 8px 18px; align-items: center; margin: 8px 0; }
.set { display: flex; flex-wrap: wrap; gap: 4px; align-items: center; }
.set > .label { margin-right: 4px; color: var(--faint); font-size: 13px; }
button, input { font: inherit; font-size: 13px; color: var(--ink); background: var(--paper);
  border: 1px solid var(--rule); border-radius: 6px; min-height: 30px; padding: 3px 10px; }
button { cursor: pointer; }
button:hover { background: var(--hover); }
button[aria-pressed="true"] { border-color: var(--accent); box-shadow: inset 0 0 0 1px var(--accent); }
button[aria-pressed="false"] { color: var(--faint); text-decoration: line-through; background: transparent; }
[data-scale][aria-pressed="false"] { text-decoration: none; }
.toggle { display: inline-flex; align-items: center; gap: 5px; padding: 3px 8px; }
.toggle .number { color: var(--faint); font-variant-numeric: tabular-nums; }
input { width: 15em; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
summary { cursor: pointer; color: var(--faint); font-size: 13px; }
#typesbox { margin: 0 0 8px; }
#typesbox .set { margin-top: 6px; }

/* --- the diagram */
.card { background: var(--paper); border: 1px solid var(--rule); border-radius: 8px; overflow: hidden; }
#strip { display: block; cursor: ew-resize; touch-action: none; border-bottom: 1px solid var(--rule); }
#diagram { display: block; cursor: grab; touch-action: pan-y; user-select: none; }
#diagram.dragged { cursor: grabbing; }
svg text { fill: var(--ink); font-family: inherit; }
.axis, .gutter { fill: var(--paper); }
.tick { stroke: var(--rule); stroke-dasharray: 1 4; }
.axes text, #strip text { fill: var(--faint); font-variant-numeric: tabular-nums; }
.node { font-weight: 600; }
.band rect { fill: var(--c); }
.band.leader text { fill: #fff; font-weight: 600; }
.band.busy rect { fill-opacity: calc(var(--tone) * 2); stroke: var(--l); stroke-width: 1.5;
  stroke-dasharray: 5 3; }
.band.follower rect { fill-opacity: var(--tone); }
.band.away rect { fill: var(--away); fill-opacity: 1; stroke: var(--faint); stroke-dasharray: 2 3; }
.band.away text { fill: var(--faint); font-style: italic; }
.arrow, .mark, .end { cursor: pointer; }
.hit { fill: none; stroke: transparent; stroke-width: 11; pointer-events: stroke; }
circle.hit { fill: transparent; stroke: none; pointer-events: all; }
.arrow .line { fill: none; stroke: var(--l); stroke-width: 1.6; pointer-events: none; }
.arrow .head { fill: var(--l); pointer-events: none; }
.arrow.again .line { stroke-dasharray: 8 4; }
.arrow.lost .line { stroke: var(--bad); stroke-dasharray: 3 3; }
.arrow.lost .head { fill: none; stroke: var(--bad); stroke-width: 2.4; }
.arrow.pending .line { stroke-dasharray: 2 3; }
.arrow.pending .head { fill: var(--paper); stroke: var(--l); stroke-width: 1.4; }
.arrow.on .line, .arrow.chosen .line { stroke-width: 4; }
.arrow.on .hit, .arrow.chosen .hit { stroke: var(--accent); stroke-opacity: 0.25; }
.mark.on .hit, .mark.chosen .hit { fill: var(--accent); fill-opacity: 0.3; }
.words { pointer-events: none; }
.words .back { fill: var(--paper); fill-opacity: 0.88; }
.words .note { font-weight: 600; }
.sign { fill: var(--faint); stroke: var(--paper); stroke-width: 3px; paint-order: stroke; }
.k-crash, .k-stop, .k-violation, .k-drop { fill: var(--bad); }
.k-start, .k-commit { fill: var(--good); }
.k-client, .k-outcome { fill: var(--client); }
.k-fault { fill: var(--warn); }
.k-send, .k-deliver, .k-role { fill: var(--accent); }
.everywhere { stroke: var(--warn); stroke-width: 1.5; stroke-dasharray: 4 4; }
.end rect { fill: var(--bad); fill-opacity: 0.12; }
.end line { stroke: var(--bad); stroke-width: 3; }
.end text { fill: var(--bad); font-weight: 700; paint-order: stroke; stroke: var(--paper); stroke-width: 4px; }
.busyness { fill: var(--rule); }
.reign { fill: var(--c); }
.frame { fill: var(--accent); fill-opacity: 0.14; stroke: var(--accent); stroke-width: 1.5; }
#where { margin: 6px 0 0; color: var(--faint); font-size: 13px; font-variant-numeric: tabular-nums; }
#legend { display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 6px 0 12px; padding: 0; list-style: none;
  font-size: 13px; color: var(--faint); }
#legend li { display: flex; align-items: center; gap: 6px; }

/* --- the list, and one record */
.both { display: grid; grid-template-columns: minmax(0, 2fr) minmax(280px, 1fr); gap: 14px; margin-bottom: 20px; }
.head { display: flex; gap: 12px; align-items: baseline; padding: 8px 12px; border-bottom: 1px solid var(--rule); }
.head span { color: var(--faint); font-size: 13px; }
#story { position: relative; height: max(320px, 44vh); overflow: auto; font-size: 13px; }
#room { position: relative; }
.row { position: absolute; left: 0; right: 0; height: 26px; display: grid; align-items: center; cursor: pointer;
  grid-template-columns: 7.6em 3.2em 28px minmax(0, 1fr); padding: 0 12px; fill: none;
  border-top: 1px solid var(--rule); }
.row.again { border-top-color: transparent; }
.row:first-child { border-top-color: transparent; }
.row .time { color: var(--faint); font-variant-numeric: tabular-nums; }
.row .node { font-weight: 600; }
.row .sign svg, .toggle svg { display: block; }
.row .what { overflow: hidden; white-space: nowrap; text-overflow: ellipsis; font-size: 12.5px; }
.row.on { background: var(--hover); }
.row.chosen { background: var(--hover); box-shadow: inset 4px 0 0 var(--accent); }
.row.k-violation { background: var(--bad-pale); color: var(--bad); font-weight: 700; }
#details { padding: 10px 14px; overflow: auto; max-height: max(320px, 44vh); }
#details strong { font-size: 15px; }
#details pre, #tip pre { margin: 6px 0 0; font-size: 13px; line-height: 1.4; white-space: pre-wrap;
  overflow-wrap: anywhere; }
.when, .hint { margin: 0; color: var(--faint); font-size: 13px; font-variant-numeric: tabular-nums; }
#tip { position: fixed; z-index: 9; max-width: min(480px, 90vw); max-height: 60vh; overflow: hidden;
  padding: 8px 12px; background: var(--paper); color: var(--ink); border: 1px solid var(--faint);
  border-radius: 7px;
  box-shadow: 0 4px 18px rgb(0 0 0 / 0.28); font-size: 13.5px; pointer-events: none; }
kbd { padding: 0 5px; border: 1px solid var(--rule); border-bottom-width: 2px; border-radius: 4px;
  background: var(--paper); font: inherit; font-size: 12px; color: var(--ink); }
.keys { margin: 0 0 24px; color: var(--faint); font-size: 13px; line-height: 1.9; }
@media (max-width: 900px) { .both { grid-template-columns: minmax(0, 1fr); } }

@media print {
  @page { size: landscape; margin: 12mm; }
  body { background: none; font-size: 12px; }
  header, main { max-width: none; padding: 0; }
  .tools, #typesbox, #strip, #tip, .keys, .details { display: none !important; }
  .both { display: block; }
  .card { border: none; overflow: visible; }
  #diagram { max-width: 100%; height: auto; }
  #story, #room { height: auto !important; overflow: visible; }
  #story { border-top: 1px solid var(--rule); }
  .row { position: static; break-inside: avoid; height: auto; min-height: 20px; }
  .row .what { white-space: normal; overflow-wrap: anywhere; }
  .band rect, .end rect, .reign { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
)css";

} // namespace quorate::check::page_detail
