/** The servers of this app: their names and where they listen, this one first. */
export const regions: ReadonlyArray<{ readonly name: string; readonly url: string }> = JSON.parse(
  process.env.REGIONS ?? "[]",
);

export const ownRegion = process.env.REGION ?? "this server";
