import type { Admission } from "./admission.ts";
import type { ClosedPhase, Permit, Phase } from "./phase.ts";

/**
 * What a closed circuit does with calls before they are made. Rules that judge calls then, those that hang and those to be
 * shed, and ramps bring along the one that there is, `watched-calls.ts`: a circuit without them ships none of it.
 */
export interface CallWatch<Policy = object> {
  /** A permit that carries the rule's token, or a refusal: the call is shed. */
  admit(phase: ClosedPhase, policy: Policy, now: number, random: number): Admission;
  /** Ends what the rule keeps of a call under way, before the call is judged. @returns the permit that is left */
  withoutToken(phase: Phase, permit: Permit, policy: Policy): Permit;
}
