/** The package's own version. A test compares it with `package.json`, which cannot be read on the edge. */
export const version = "0.1.0";
