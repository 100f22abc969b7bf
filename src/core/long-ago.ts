/** Before all times of any clock, in milliseconds. A plain number: no global is looked up where a module is imported. */
export const longAgo = -1e15;
