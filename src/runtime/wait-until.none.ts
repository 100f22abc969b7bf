/** Outside Workers: there is no module that has it. */
export const waitUntil: ((promise: Promise<unknown>) => void) | undefined = undefined;
