import type { FleetCircuit, FleetReport, FleetVote } from "../operations/fleet-report.ts";
import { counted, durationInWords } from "../operations/in-figures.ts";
import { plain } from "../operations/steering-characters.ts";

/** What a terminal can do. */
export interface Terminal {
  readonly hasColour: boolean;
  /** Milliseconds since 1970. */
  readonly epoch: number;
}

const longestName = 60;
const longestCell = 90;

/** The fleet as lines of aligned columns, what is broken first. */
export function table({ circuits, isCutShort, commands }: FleetReport, terminal: Terminal): string {
  const head = ["CIRCUIT", "STATE", "NEXT TRIAL", "OPENINGS", "TRIALS OUT", "VOTES", "LAST COMMAND"];
  const rows = circuits.map((circuit) => cellsOf(circuit, terminal.epoch));
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => width(row[column]!))),
  );
  const line = (cells: readonly string[], state?: FleetCircuit["state"]): string =>
    cells
      .map((cell, column) => {
        const padded = cell + " ".repeat(widths[column]! - width(cell));
        return column === 1 && state && terminal.hasColour ? coloured(padded, state) : padded;
      })
      .join("  ")
      .trimEnd();
  const lines = circuits.map((circuit, index) => line(rows[index]!, circuit.state));
  const none = isCutShort ? "No shared circuit was found." : "Nothing has happened to any shared circuit.";
  const sum = circuits.length === 0 ? none : summary(circuits);
  const cut = isCutShort ? " There may be more than these." : "";
  const foot = `${sum}${cut} This look cost ${counted(commands, "command")}.`;
  return [...(rows.length > 0 ? [line(head), ...lines, ""] : []), foot].join("\n");
}

function summary(circuits: readonly FleetCircuit[]): string {
  const some = (is: (circuit: FleetCircuit) => boolean): number => circuits.filter(is).length;
  const counts = [
    [some(({ state, held }) => state === "open" && !held), "open"],
    [some(({ state }) => state === "half-open"), "trying"],
    [some(({ held }) => held), "held"],
    [some(({ state }) => state === "unknown"), "not readable"],
  ] as const;
  const told = counts.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`);
  const of = counted(circuits.length, "circuit");
  return told.length === 0 ? `${of}, all closed.` : `${told.join(", ")} of ${of}.`;
}

function cellsOf(circuit: FleetCircuit, epoch: number): string[] {
  const { name, state, held, heldMs, problem, nextTrialMs, openings, trials, votes, command } = circuit;
  if (problem) return [cut(plain(name), longestName), `unknown (${problem})`, "", "", "", "", ""];
  const word = state === "half-open" ? "trying" : state;
  const { leasesMs } = trials;
  const by = command?.by === undefined ? "" : ` by ${plain(command.by)}`;
  const why = command?.why === undefined ? "" : `: ${plain(command.why)}`;
  const last =
    command &&
    `${command.isForced || (held && command.type === "close") ? "hold " : ""}${command.type}${by}, ${durationInWords(Math.max(0, epoch - command.at))} ago${why}`;
  return [
    cut(plain(name), longestName),
    held ? `held ${word}${heldMs > 0 ? ` for ${durationInWords(heldMs)}` : ""}` : word,
    nextTrialMs === null ? "never" : nextTrialMs > 0 ? `in ${durationInWords(nextTrialMs)}` : "",
    openings > 0 ? `${openings}` : "",
    leasesMs.length > 0 ? `${leasesMs.length}, up to ${durationInWords(Math.max(...leasesMs))}` : "",
    cut(votes.map(voteInWords).join(", "), longestCell),
    cut(last ?? "", longestCell),
  ];
}

function voteInWords({ by, saw, failures }: FleetVote): string {
  return `${plain(by)} ${saw === "good" ? "good" : `${failures} failed`}`;
}

const graphemes = new Intl.Segmenter();

export function cut(text: string, mostColumns: number): string {
  if (width(text) <= mostColumns) return text;
  let kept = "";
  let columns = 0;
  for (const { segment } of graphemes.segment(text)) {
    columns += width(segment);
    if (columns >= mostColumns) break;
    kept += segment;
  }
  return `${kept}…`;
}

const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60]|\p{Emoji_Presentation}|\p{Emoji}\ufe0f/u;

/** In columns of a terminal, as far as that can be known: wide scripts take two, what joins letters none. */
export function width(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let sum = 0;
  for (const { segment } of graphemes.segment(text)) {
    if (!/^[\p{Mn}\p{Me}\p{Cf}]+$/u.test(segment)) sum += wide.test(segment) ? 2 : 1;
  }
  return sum;
}

const colours = { open: 31, "half-open": 33, unknown: 35, closed: 32 };

function coloured(text: string, state: FleetCircuit["state"]): string {
  return `\u001b[${colours[state]}m${text}\u001b[0m`;
}
