/** Stands in for a peer in checks of what our own code does. */
export class Redis {}
