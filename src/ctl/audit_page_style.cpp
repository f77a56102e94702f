// SPDX-License-Identifier: MIT
#include "ctl/audit_page_parts.hpp"

namespace primum::ctl {

std::string_view audit_style() {
    return R"css(
.audit .range { color: var(--muted); margin: -0.6rem 0 1.2rem; }
.tiles { display: grid; gap: 0.75rem; margin: 0; }
.tiles { grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); }
.tile { padding: 0.7rem 0.9rem; background: var(--ground); }
.tile { border: 1px solid var(--line); border-radius: 0.6rem; }
.tile dt { font-size: 0.8125rem; color: var(--muted); }
.tile dd { margin: 0; }
.tile strong { display: block; font-size: 1.7rem; line-height: 1.25; letter-spacing: -0.01em; }
.tile strong { font-variant-numeric: tabular-nums; }
.tile .more { font-size: 0.8125rem; color: var(--muted); }
.audit td.number { white-space: nowrap; }
.audit .drawing { margin: 0.75rem 0 0.5rem; }
.drawing .guard .any { fill: var(--level-1); stroke: var(--info); stroke-width: 1; }
.drawing .guard .first { fill: var(--info); }
.drawing .count { font-size: 12px; fill: var(--muted); }
.drawing .stretch path { fill: none; stroke-linecap: round; }
.drawing .stretch .whole { stroke-width: 1.5; stroke: var(--edge); }
.drawing .stretch .sure { stroke-width: 9; }
.drawing .stretch.acted .sure { stroke: var(--level-2); }
.drawing .stretch.waited .sure { stroke: var(--level-1); }
.drawing .stretch.acted circle { fill: var(--warning); }
.drawing .stretch.waited circle { fill: var(--info); }
.drawing .step { stroke-width: 0.75; }
.step.lv-1 { fill: var(--level-1); stroke: var(--info); }
.step.lv-2 { fill: var(--level-2); stroke: var(--warning); }
.step.lv-3 { fill: var(--level-3); stroke: var(--warning); }
.step.lv-4 { fill: var(--level-4); stroke: var(--error); }
.step.lv-5 { fill: var(--level-5); stroke: var(--critical); }
.mark.anyway path { stroke: var(--ok); }
.changes { margin: 0; padding: 0; list-style: none; min-width: 15rem; }
.changes .indicator { font-weight: 600; margin-right: 0.5rem; }
.changes .arrow { color: var(--muted); }
.pair { display: block; width: 7.5rem; height: 1rem; }
.pair .before { fill: var(--edge); }
.pair .after { fill: var(--accent); }
@media print {
    html { font-size: 11px; }
    .audit main, .audit footer, .audit .bar { max-width: none; padding: 0; }
    section { break-inside: auto; border-color: #999999; }
    tr, svg, .tile { break-inside: avoid; }
    h2 { break-after: avoid; }
    .scroll { overflow: visible; }
    .timeline { min-width: 0; }
    details::details-content { content-visibility: visible; }
    * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
)css";
}

}  // namespace primum::ctl
