/** Light and dark, from a phone to a wall. States and bars differ in shape, texture and word, not in colour alone. */
export const pageStyle = `
:root {
  color-scheme: light dark;
  --page: light-dark(#f5f6f8, #121419);
  --card: light-dark(#ffffff, #1b1e25);
  --line: light-dark(#dde1e7, #323844);
  --text: light-dark(#1a1e24, #e9ebee);
  --quiet: light-dark(#566070, #a0a9b6);
  --good: light-dark(#0a5fa8, #6db3f2);
  --bad: light-dark(#b3261e, #ff8a7a);
  --trial: light-dark(#7a5200, #f0bc4e);
  --bar: light-dark(#8fb8dc, #3f6f9e);
  --fail: light-dark(#a3150f, #ff9d8f);
  --accent: light-dark(#0958c0, #86bbff);
}
* { box-sizing: border-box }
body { margin: 0; background: var(--page); color: var(--text); font: 15px/1.45 system-ui, sans-serif; font-variant-numeric: tabular-nums }
main, .bar, #notice { max-width: 1280px; margin: 0 auto; padding: 0 24px }
header { position: sticky; top: 0; z-index: 2; background: var(--card); border-bottom: 1px solid var(--line) }
.bar { display: flex; flex-wrap: wrap; align-items: baseline; gap: 2px 20px; padding-top: 10px; padding-bottom: 10px }
h1 { font-size: 15px; margin: 0; font-weight: 600 }
h1 .label { font-weight: 400; color: var(--quiet) }
#pages { display: flex; gap: 12px; font-size: 14px } #pages [aria-current] { color: var(--text); text-decoration: none; font-weight: 600 }
h2 { font-size: 15px; margin: 28px 0 10px }
h3 { font-size: 16px; margin: 0; overflow-wrap: anywhere }
#verdict { margin: 0; flex: 1 1 320px }
#verdict strong { font-size: 17px; margin-right: 6px }
#verdict strong.bad { color: var(--bad) } #verdict strong.warn { color: var(--trial) } #verdict strong.good { color: var(--good) }
#verdict [data-part=load], .unit, .quiet, .none { color: var(--quiet) }
#live { margin: 0; color: var(--quiet); font-size: 13px; white-space: nowrap }
#live::before { content: ""; display: inline-block; width: 8px; height: 8px; border-radius: 50%; border: 2px solid var(--quiet); margin-right: 6px }
#live.on::before { background: var(--good); border-color: var(--good) }
#age { color: var(--bad) }
.held #connection::after { content: ", order held" }
.stale main { opacity: .55 }
#notice { color: var(--bad); font-weight: 600 } #notice:not(:empty) { padding-bottom: 10px } #notice:empty { margin: 0 }
section:not(:has(> .head)):has(> ul:empty) { display: none }
#timeline:not(:empty) + .none { display: none }
ul, ol { list-style: none; margin: 0; padding: 0 }
input, select, button { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: 5px 10px }
input[type=search] { width: 220px; max-width: 60vw }
button { cursor: pointer; font-size: 14px; white-space: nowrap }
button:hover { border-color: var(--accent) }
a { color: var(--accent) }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px }
.head { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 8px 24px; margin: 28px 0 10px } .head h2 { margin: 0 }
#tools { display: flex; flex-wrap: wrap; gap: 8px 16px } #tools label { display: flex; align-items: center; gap: 6px; color: var(--quiet); font-size: 13px }
.gone { opacity: .5 }
.badge { display: inline-block; font-size: 12px; font-weight: 500; color: var(--quiet); border: 1px solid var(--line); border-radius: 10px; padding: 0 7px; white-space: nowrap }
.badge.bad { color: var(--bad); border-color: currentColor }
.state { font-weight: 600; white-space: nowrap }
.state::before { content: ""; display: inline-block; width: 12px; height: 12px; margin-right: 6px; vertical-align: -1px; border-radius: 50%; border: 2px solid currentColor }
.state.closed { color: var(--good) } .state.closed::before { background: currentColor }
.state.open { color: var(--bad) } .state.open::before { border-radius: 2px; background: currentColor }
.state.half-open { color: var(--trial) } .state.half-open::before { border-top-color: transparent; border-left-color: transparent }
.now { margin: 4px 0 12px; overflow-wrap: anywhere } .now .state { margin-right: 4px }
#attention { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 440px), 1fr)); gap: 14px }
.card { background: var(--card); border: 1px solid var(--line); border-left: 5px solid var(--good); border-radius: 8px; padding: 14px 18px; display: flex; flex-direction: column; min-width: 0 }
.card.open { border-left-color: var(--bad) } .card.observe { border-left-color: var(--quiet); border-left-style: dashed } .observe .state.open { color: var(--text) } .card.half-open { border-left-color: var(--trial); border-left-style: double }
dl { display: flex; flex-wrap: wrap; gap: 8px 30px; margin: 0 0 14px } dl div { min-width: 110px }
dt { color: var(--quiet); font-size: 12px } dd { margin: 0; overflow-wrap: anywhere }
.charts { display: grid; grid-template-columns: 1fr 2fr; gap: 18px; margin-bottom: 12px; max-width: 720px } figure { margin: 0; min-width: 0 } figcaption { color: var(--quiet); font-size: 12px }
.chart { display: block; overflow: visible; width: 100%; height: 34px; border-bottom: 1px solid var(--line) } .chart-none { display: block; font-size: 13px; min-height: 34px; border-bottom: 1px solid var(--line) }
.chart path { fill: none } .chart .s { stroke: var(--bar); stroke-width: 4 } .chart .f { stroke: var(--fail); stroke-width: 4; stroke-dasharray: 2.2 1.1 } .chart .r { stroke: var(--text); stroke-width: 1; vector-effect: non-scaling-stroke }
.actions { display: flex; flex-wrap: wrap; gap: 8px; margin-top: auto } .actions form { display: contents }
.actions button[data-action^=hold], .actions button[data-action=reset] { color: var(--quiet) }
#circuits { background: var(--card); border: 1px solid var(--line); border-radius: 8px; overflow: hidden } #circuits:empty { display: none }
.row + .row { border-top: 1px solid var(--line) }
summary { display: grid; grid-template-columns: minmax(0, 2.4fr) 110px 190px minmax(250px, 1.4fr); align-items: center; gap: 4px 20px; padding: 7px 16px; cursor: pointer; list-style: none }
summary::-webkit-details-marker { display: none } summary:hover { background: light-dark(#f0f4fa, #232833) }
.who { overflow-wrap: anywhere } .who .name { font-weight: 600 } .who::before { content: "›"; display: inline-block; width: 14px; color: var(--quiet) } details[open] .who::before { transform: rotate(90deg) }
.spark .chart { height: 24px } .spark .chart-none { min-height: 0; border: 0 }
.figures { display: grid; grid-template-columns: repeat(3, 1fr); gap: 12px; white-space: nowrap; text-align: right } .figures .unit { font-size: 12px } .figures .warn { color: var(--bad); font-weight: 600 }
.row details > :not(summary) { margin-left: 30px; margin-right: 16px } .row details > .actions { margin-bottom: 14px }
.row.fleet summary { grid-template-columns: minmax(0, 2.4fr) 130px minmax(0, 3fr) } .row.fleet .last { color: var(--quiet); font-size: 13px; overflow-wrap: anywhere }
.state.unknown { color: var(--quiet) } .state.unknown::before { border-style: dashed } .card.unknown { border-left-color: var(--quiet) } .warn { color: var(--bad); font-weight: 600 }
#stores { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 4px 16px } #stores:empty { display: none } #stores li { padding: 8px 0 } #stores .now { margin-bottom: 8px }
#pager { display: flex; gap: 16px; align-items: baseline; margin: 10px 2px; color: var(--quiet) }
.key { color: var(--quiet); font-size: 13px; margin: 8px 2px } .key span { white-space: nowrap; margin-left: 10px }
.key i { display: inline-block; width: 10px; height: 12px; vertical-align: -1px } .key .s { background: var(--bar) } .key .f { background: repeating-linear-gradient(var(--fail) 0 2px, transparent 2px 3px) } .key .r { border: 1px solid var(--text) }
#incidents, #timeline { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 6px 16px } #timeline:empty { display: none }
#incidents li, #timeline li { padding: 4px 0; overflow-wrap: anywhere } #incidents a { margin-left: 8px; white-space: nowrap }
main > section:last-of-type { margin-bottom: 48px }
time { color: var(--quiet); white-space: nowrap } .now time, #incidents time { color: inherit }
dialog { background: var(--card); color: var(--text); border: 1px solid var(--line); border-radius: 12px; padding: 20px 24px; width: min(480px, 92vw) }
dialog h2 { margin: 0 0 8px; font-size: 18px; overflow-wrap: anywhere } dialog label { display: block; color: var(--quiet); font-size: 13px } dialog label + label { margin-top: 12px } dialog [hidden] { display: none } dialog select { display: block; margin-top: 4px; color: var(--text) } dialog input { display: block; width: 100%; margin-top: 4px; color: var(--text) }
.choice { display: flex; flex-direction: row-reverse; gap: 10px; margin-top: 18px } #yes { border-color: var(--accent); font-weight: 600 } dialog::backdrop { background: #0007 }
@media (max-width: 900px) {
  main, .bar, #notice { padding-left: 14px; padding-right: 14px }
  summary { grid-template-columns: minmax(0, 1fr) auto; padding: 10px 12px }
  .row.fleet summary { grid-template-columns: minmax(0, 1fr) auto } .row.fleet .last { grid-column: 1 / -1 }
  .spark { grid-column: 1 } .figures { grid-column: 1 / -1; text-align: left; grid-template-columns: repeat(3, auto); justify-content: start; gap: 18px }
  .spark:has(.chart-none) { display: none }
  .row details > :not(summary) { margin-left: 12px; margin-right: 12px }
  .charts { grid-template-columns: 1fr }
  .actions button { padding: 9px 14px }
  input[type=search] { max-width: 44vw }
}
`;
