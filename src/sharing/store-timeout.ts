/** The store has failed if it has not answered by then, whoever waits for it. */
export const storeTimeoutMs = 2000;
