/** Light and dark, from a phone to a wall. States differ in shape and word, not in colour alone. */
export const pageStyle = `
:root {
  color-scheme: light dark;
  --page: light-dark(#f6f7f9, #14161a);
  --card: light-dark(#ffffff, #1d2026);
  --line: light-dark(#dfe3e8, #31363f);
  --text: light-dark(#1b1f24, #e8eaed);
  --quiet: light-dark(#59636e, #9aa4b0);
  --good: light-dark(#1a7f37, #57c878);
  --bad: light-dark(#c4232b, #ff7b72);
  --trial: light-dark(#855900, #e3b341);
  --refused: light-dark(#8c959f, #6e7781);
  --accent: light-dark(#0958c0, #79b4ff);
}
* { box-sizing: border-box }
body { margin: 0; background: var(--page); color: var(--text); font: 15px/1.45 system-ui, sans-serif }
main, header { max-width: 1320px; margin: 0 auto; padding: 0 20px }
header { display: flex; flex-wrap: wrap; align-items: center; gap: 8px 24px; padding-top: 20px }
h1 { font-size: 20px; margin: 0; letter-spacing: -.01em }
h2 { font-size: 15px; margin: 28px 0 8px }
#summary { display: flex; flex-wrap: wrap; gap: 8px 16px; list-style: none; margin: 0; padding: 0; color: var(--quiet) }
#summary b { color: var(--text); font-size: 17px; font-variant-numeric: tabular-nums }
#summary .open b, #summary .degraded b { color: var(--bad) }
#live { margin-left: auto; color: var(--quiet); font-size: 13px }
#live::before { content: ""; display: inline-block; width: 8px; height: 8px; border-radius: 50%; background: var(--refused); margin-right: 6px }
#live.on::before { background: var(--good) }
.tools { display: flex; flex-wrap: wrap; gap: 8px 16px; margin: 16px 0 }
.tools label { display: flex; align-items: center; gap: 6px; color: var(--quiet); font-size: 13px }
input, select, button { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: 5px 10px }
input { width: 220px; max-width: 60vw }
button { cursor: pointer; font-size: 13px; padding: 4px 9px }
button:hover { border-color: var(--accent) }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px }
table { width: 100%; border-collapse: collapse; background: var(--card); border: 1px solid var(--line); border-radius: 10px; border-spacing: 0; overflow: hidden }
th, td { text-align: left; padding: 10px 12px; border-top: 1px solid var(--line); vertical-align: middle; font-variant-numeric: tabular-nums }
thead th { border-top: 0; font-size: 12px; font-weight: 600; color: var(--quiet) }
tbody th { font-weight: 600; min-width: 200px; max-width: 320px; overflow-wrap: anywhere }
tr[hidden] { display: none }
.badge { font-size: 11px; font-weight: 500; color: var(--quiet); border: 1px solid var(--line); border-radius: 10px; padding: 0 7px; white-space: nowrap }
.badge.warn { color: var(--bad); border-color: currentColor }
.state { display: inline-flex; align-items: center; gap: 6px; font-weight: 600; white-space: nowrap }
.state::before { content: ""; width: 11px; height: 11px; border-radius: 50%; border: 2px solid currentColor }
.state.closed { color: var(--good) } .state.closed::before { background: currentColor }
.state.open { color: var(--bad) } .state.open::before { border-radius: 2px; background: currentColor }
.state.half-open { color: var(--trial) } .state.half-open::before { border-top-color: transparent; border-left-color: transparent }
.unit, .quiet { color: var(--quiet); font-size: 13px }
.state + .unit, .unit.block { display: block; white-space: nowrap }
.chart { display: flex; align-items: center; gap: 8px }
.chart svg { width: 120px; height: 28px; flex: none; border-bottom: 1px solid var(--line) }
.figure { white-space: nowrap }
.chart .figure { min-width: 3.5em } .chart .figure .unit { display: block; margin-top: -4px }
rect.succeeded { fill: var(--good) } rect.failed { fill: var(--bad) } rect.refused { fill: var(--refused) }
polyline.latency { fill: none; stroke: var(--accent); stroke-width: 1.5; stroke-linejoin: round } circle.latency { fill: var(--accent) }
.actions form { display: inline-block; margin: 1px }
.actions { min-width: 168px }
#log { list-style: none; margin: 0 0 40px; padding: 12px 16px; background: var(--card); border: 1px solid var(--line); border-radius: 10px; max-height: 320px; overflow: auto; overflow-wrap: anywhere }
#log time { color: var(--quiet); font-variant-numeric: tabular-nums }
dialog { background: var(--card); color: var(--text); border: 1px solid var(--line); border-radius: 12px; padding: 20px; max-width: min(440px, 90vw) }
dialog p { margin: 0 0 16px; overflow-wrap: anywhere }
dialog form { display: flex; gap: 8px; justify-content: flex-end }
dialog::backdrop { background: #0007 }
.key { display: flex; gap: 14px; color: var(--quiet); font-size: 12px; margin: 8px 2px } .key span { display: inline-flex; gap: 5px; align-items: center }
.key i { width: 10px; height: 10px; border-radius: 2px } .key .s { background: var(--good) } .key .f { background: var(--bad) } .key .r { background: var(--refused) }
.hidden-text { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
@media (max-width: 1100px) {
  thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden }
  table, tbody { display: block; background: none; border: 0 }
  tbody tr { display: grid; grid-template-columns: repeat(auto-fit, minmax(145px, 1fr)); gap: 10px 20px; background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 14px; margin-bottom: 12px }
  tbody th, tbody td { display: block; border: 0; padding: 0; max-width: none }
  tbody th, .actions { grid-column: 1 / -1 }
  td[data-title]::before { content: attr(data-title); display: block; font-size: 12px; color: var(--quiet) }
  .actions { min-width: 0 } .actions button { padding: 8px 14px }
}
@media (prefers-reduced-motion: no-preference) { rect, polyline { transition: opacity .2s } }
`;
