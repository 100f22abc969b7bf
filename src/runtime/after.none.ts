/** Outside Next: there is no such way. */
export const after: ((promise: Promise<unknown>) => void) | undefined = undefined;
