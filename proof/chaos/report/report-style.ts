import { TIMELINE_STYLE } from './timeline.ts';

const LIGHT = `--page: #fff; --ink: #1f2328; --soft: #59636e; --line: #e6e9ec; --fault: #faf0d7; --edge: #b08a2e; --ready: #1a7f37;
--stored: #0860c4; --stored-soft: #bcd9fa; --failed: #c81e2b; --get: #8250df; --code: #f3f5f7;`;
const DARK = `--page: #14171b; --ink: #e3e6e9; --soft: #9ba5b0; --line: #2b3138; --fault: #352c17; --edge: #c39a3b; --ready: #45c15d;
--stored: #64adff; --stored-soft: #214a78; --failed: #ff6f66; --get: #c59bff; --code: #20252b;`;

/** How a report looks, by day and by night. */
export const REPORT_STYLE = `
:root { ${LIGHT} }
@media (prefers-color-scheme: dark) { :root { ${DARK} } }
body { margin: 2rem auto; max-width: 76rem; padding: 0 1.25rem; background: var(--page); color: var(--ink);
font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; margin: 0; } h2 { font-size: 1.2rem; margin: 2.5rem 0 0.75rem; } h3 { font-size: 1rem; margin: 0; }
small { color: var(--soft); font-weight: normal; }
code { background: var(--code); border-radius: 4px; padding: 0.1em 0.4em; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.2rem 1rem; } dt { color: var(--soft); } dd { margin: 0; }
.verdict { font-size: 1.1rem; font-weight: 600; margin: 0.4rem 0 1rem; }
.good { color: var(--ready); } .verdict.bad { color: var(--failed); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: 13px; font-variant-numeric: tabular-nums; white-space: nowrap; }
th, td { text-align: left; padding: 0.3rem 0.5rem; border-bottom: 1px solid var(--line); } th { color: var(--soft); font-weight: 600; }
td:not(.figure, :last-child) { white-space: normal; min-width: 4rem; } .figure { text-align: right; } tr.bad td:last-child { color: var(--failed); font-weight: 600; }
.note, .checks, .broken { color: var(--soft); font-size: 13px; }
.violations { padding-left: 1.2rem; overflow-wrap: anywhere; white-space: pre-line; font-size: 14px; } .violations li::marker { color: var(--failed); }
figure { margin: 0 0 2.5rem; scroll-margin-top: 1rem; } a { color: inherit; text-decoration-color: var(--soft); }
p.broken { margin: 0; } .broken b { color: var(--failed); }
.legend { margin: 0; color: var(--soft); font-size: 12px; }
.legend span { white-space: nowrap; margin-right: 0.8rem; }
.legend span::before { content: ""; display: inline-block; vertical-align: middle; width: 14px; height: 10px; margin-right: 0.35rem; }
.k-stored::before { background: var(--stored-soft); border-top: 2px solid var(--stored); height: 8px; }
.k-failed::before { background: var(--failed); } .k-spread::before { background: var(--stored-soft); }
.legend .k-p50::before { background: var(--stored); height: 3px; } .legend .k-p99::before { background: var(--stored); height: 1px; }
.legend .k-get::before, .legend .k-failed-post::before { background: var(--get); border-radius: 50%; width: 6px; height: 6px; }
.legend .k-failed-post::before { background: var(--failed); }
.k-fault::before { background: var(--fault); outline: 1px solid var(--edge); }
.legend .k-ready::before { height: 0; border-top: 2px dashed var(--ready); }
${TIMELINE_STYLE}`;
