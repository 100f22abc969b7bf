import type { FleetCircuit, FleetVote } from "../operations/fleet-report.ts";
import { counted, durationInWords, inFigures } from "../operations/in-figures.ts";
import { actions, controlsOf } from "./controls.ts";
import { encodedName } from "./encoded-name.ts";
import type { FleetLook } from "./fleet-look.ts";
import { html, type Html } from "./html.ts";
import { moment, untilWhen } from "./timeline.ts";

const mostVotes = 6;

/** A shared circuit that is not simply closed: everything about it. */
export function fleetCard(circuit: FleetCircuit, look: FleetLook): Html {
  return html`<li class="card ${circuit.state}">
    <h3 data-part="name"><span class="name">${circuit.name}</span></h3>
    <p class="now" data-part="now">${state(circuit)} ${story(circuit, look.epoch)}</p>
    ${details(circuit, look)}
  </li>`;
}

/** A shared circuit in one line; the rest of it when asked. */
export function fleetRow(circuit: FleetCircuit, look: FleetLook): Html {
  return html`<li class="row fleet">
    <details>
      <summary>
        <span class="who" data-part="name"><span class="name">${circuit.name}</span></span>
        <span data-part="state">${state(circuit)}</span>
        <span class="last" data-part="last">${lastCommand(circuit)}</span>
      </summary>
      <p class="now" data-part="now">${state(circuit)} ${story(circuit, look.epoch)}</p>
      ${details(circuit, look)}
    </details>
  </li>`;
}

/** The store: how it is, what this process has asked of it, and commands for all of its circuits. */
export function storeItem(look: FleetLook, isOnlyOne: boolean): Html {
  const { use, report, store } = look;
  const { answered, failed, timedOut, notSent } = use.requests;
  const words = { answers: "answers", fails: "fails", "left alone": "fails, and is left alone for a while" };
  // What this look has met is newer than what calls have.
  const health = report === "no answer" && use.health === "answers" ? "does not answer" : words[use.health];
  return html`<li>
    <p class="now" data-part="what">
      <b>${isOnlyOne ? "The store" : `Store ${store}`}</b>
      <span class="${health === words.answers ? "" : "warn"}">${health}</span>.
    </p>
    <dl data-part="numbers">
      ${figure("asked by this process", counted(answered + failed + timedOut, "request"))}
      ${figure("of these failed", failures(failed, timedOut))} ${figure("not sent", inFigures(notSent))}
      ${figure("left of its budget", `${inFigures(use.left)} of ${inFigures(use.budget)} a minute`)}
      ${typeof report === "object" && figure("this look", counted(report.commands, "command"))}
    </dl>
    ${typeof report === "object" && commandsForAll(look)}
  </li>`;
}

function failures(failed: number, timedOut: number): string {
  const all = inFigures(failed + timedOut);
  return timedOut === 0 ? all : `${all}, ${inFigures(timedOut)} of them too late`;
}

const forAll = [
  [
    "half-open",
    "Try all now",
    "Every open circuit that is not held lets trials through with its next calls.",
  ],
  ["close", "Close all", "Every shared circuit lets its calls through again, the held ones too."],
  [
    "hold-closed",
    "Hold all closed",
    "Every call of every shared circuit goes to its upstream, however many fail, for as long as you say, or until somebody releases it.",
  ],
] as const;

function commandsForAll({ store }: FleetLook): Html {
  return html`<div class="actions" data-part="actions">
    ${forAll.map(
      ([action, label, effect]) =>
        html`<form
          method="post"
          action="fleet/all/${action}?store=${store}"
          data-question="${label}"
          data-effect="${effect} In every process that shares the store."
        >
          <button data-action="${action}" aria-label="${label}">${label}</button>
        </form>`,
    )}
  </div>`;
}

function details(circuit: FleetCircuit, { store }: FleetLook): Html {
  const { openings, trials, generation, votes } = circuit;
  const { leasesMs, succeeded } = trials;
  const ends = leasesMs.map((ms) => durationInWords(ms)).join(", ");
  return html`<dl data-part="numbers">
      ${figure("openings in a row", inFigures(openings))}
      ${figure("trials out", leasesMs.length === 0 ? "none" : `${leasesMs.length}; given up in ${ends}`)}
      ${succeeded > 0 && figure("trials succeeded", inFigures(succeeded))}
      ${figure("changes so far", inFigures(generation))}
      ${votes.length > 0 && figure("votes", votesInWords(votes))}
    </dl>
    ${controls(circuit, store)}`;
}

function figure(label: string, value: string): Html {
  return html`<div>
    <dt>${label}</dt>
    <dd>${value}</dd>
  </div>`;
}

export function votesInWords(votes: readonly FleetVote[]): string {
  const told = votes.slice(0, mostVotes).map(({ by, saw, failures, agoMs }) => {
    const what = { good: "saw it work", alarm: "saw one failure", bad: `saw ${failures} failures in a row` }[
      saw
    ];
    return `${by} ${what} ${durationInWords(agoMs)} ago`;
  });
  const more = votes.length - told.length;
  return told.join("; ") + (more > 0 ? `; and ${more} more` : "");
}

function state({ state: now, held }: FleetCircuit): Html {
  const words = { open: "open", "half-open": "trying", closed: "closed", unknown: "unknown" }[now];
  return html`<span class="state ${now}">${held ? `held ${words}` : words}</span>`;
}

function story(circuit: FleetCircuit, epoch: number): Html {
  const { state: now, held, heldMs, problem, nextTrialMs, votes } = circuit;
  if (problem === "newer")
    return html`A newer version of the library has written its record. It is left alone.`;
  if (problem) return html`What the store keeps of it is no record. The next process that asks repairs it.`;
  const command = lastCommand(circuit);
  if (held) return html`${command} ${untilWhen(heldMs, epoch)}`;
  if (now === "half-open") return html`The next calls are trials. ${command}`;
  if (now === "closed") {
    return html`${votes.length > 0 && "Some of its calls fail: more votes open it. "}${command}`;
  }
  const at = Math.round((epoch + (nextTrialMs ?? 0)) / 1000) * 1000;
  return html`Next trial <span data-until="${at}">at ${moment(at)}</span>. ${command}`;
}

const deeds = { open: "Opened", close: "Closed", "half-open": "Tried" };

/** Whose the last command was. One that time has passed over is told as what it is: the last one. */
function lastCommand({ command, held }: FleetCircuit): Html | string {
  if (!command) return held ? "Nobody has written down who." : "";
  const { type, by, why, at, isForced } = command;
  const deed =
    held && (isForced || type === "close")
      ? `Held ${type === "open" ? "open" : "closed"}`
      : `Last command: ${deeds[type].toLowerCase()}`;
  return html`${deed}${by !== undefined && ` by ${by}`}, ${moment(at)}${why !== undefined && `: ${why}`}.`;
}

function controls(circuit: FleetCircuit, store: number): Html | false {
  const { name, generation, state: now, held } = circuit;
  if (now === "unknown") return false;
  const offered = controlsOf({ state: now, held }).filter(({ action }) => action !== "reset");
  const where = "In every process that shares the store, as soon as it next asks there.";
  return actions(name, offered, where, ({ action }) => {
    return `fleet/circuits/${encodedName(name)}/${action}?store=${store}&seen=${generation}`;
  });
}
