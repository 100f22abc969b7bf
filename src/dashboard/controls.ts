import type { CircuitReport } from "./circuit-report.ts";
import type { Action } from "./command.ts";
import { encodedName } from "./encoded-name.ts";
import { html, type Html } from "./html.ts";

export interface Control {
  readonly action: Action;
  readonly label: string;
  /** What will happen, to whom, and for how long. */
  readonly effect: string;
}

/** What can sensibly be done to a circuit as it is. */
export function controlsOf(report: Pick<CircuitReport, "state" | "held">): readonly Control[] {
  const { state, held } = report;
  const tryNow: Control = {
    action: "half-open",
    label: held ? "Release" : "Try now",
    effect: held
      ? "It is held no longer: the next calls try the upstream. If they succeed it closes, if one fails it opens again."
      : "The next calls try the upstream. If they succeed it closes, if one fails it opens again.",
  };
  const close: Control = {
    action: "close",
    label: held && state === "closed" ? "Release" : "Close",
    effect:
      held && state === "closed"
        ? "It is held no longer: it opens again when its calls fail."
        : "Every call goes to the upstream again, at once. It opens again when calls fail.",
  };
  const open: Control = {
    action: "open",
    label: "Open once",
    effect:
      "Calls are refused for one reset timeout, or for as long as you say. Then trials decide by themselves.",
  };
  const holdOpen: Control = {
    action: "hold-open",
    label: "Hold open",
    effect: "Every call is refused, without trials, until somebody releases it.",
  };
  const holdClosed: Control = {
    action: "hold-closed",
    label: "Hold closed",
    effect:
      "Every call goes to the upstream, however many fail, for as long as you say, or until somebody releases it.",
  };
  const reset: Control = {
    action: "reset",
    label: "Reset",
    effect: "It closes and forgets its counts and its last failure.",
  };
  if (state === "open") return held ? [tryNow, close, holdClosed] : [tryNow, close, holdOpen, holdClosed];
  if (state === "half-open") return [close, open, holdOpen, holdClosed];
  return held ? [close, holdOpen] : [open, holdOpen, holdClosed, reset];
}

const mostKept = 2000;
const kept = new Map<string, { readonly of: string; readonly html: Html }>();

/** The buttons of a circuit as they were last written: only its state changes them, and lines are written anew often. */
export function controls(report: CircuitReport): Html {
  const { name, state, held, shared, generation } = report;
  const of = `${state} ${held} ${shared} ${generation}`;
  const known = kept.get(name);
  if (known?.of === of) return known.html;
  if (kept.size >= mostKept) kept.clear();
  const html = written(report);
  kept.set(name, { of, html });
  return html;
}

/** Buttons. Each carries the generation that its reader sees, and is refused when that has passed. */
function written(report: CircuitReport): Html {
  const { name, shared, generation } = report;
  const where = shared ? "In every process that shares its store." : "In this process only.";
  return actions(name, controlsOf(report), where, ({ action }) => {
    return `circuits/${encodedName(name)}/${action}?seen=${generation}`;
  });
}

/**
 * The forms of a circuit's buttons, with what the page asks before it sends one.
 *
 * @param where which processes obey, in a sentence
 * @param addressOf where a form goes
 */
export function actions(
  name: string,
  offered: readonly Control[],
  where: string,
  addressOf: (control: Control) => string,
): Html {
  return html`<div class="actions" data-part="actions">
    ${offered.map(
      (control) =>
        html`<form
          method="post"
          action="${addressOf(control)}"
          data-question="${control.label}: ${name}"
          data-effect="${control.effect} ${where}"
        >
          <button data-action="${control.action}" aria-label="${control.label}: ${name}">
            ${control.label}
          </button>
        </form>`,
    )}
  </div>`;
}
