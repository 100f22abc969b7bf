import type * as present from "./next-fetch.ts";

type Present = typeof present;

/** Where Next is not, in browsers and Workers: nobody patches fetch, nobody renders, every answer comes from the upstream. */
export const isCacheHit: Present["isCacheHit"] = () => false;
export const callInPrerender: Present["callInPrerender"] | undefined = undefined;
export const cachedResponse: Present["cachedResponse"] = async () => undefined;
export const firstInRender: Present["firstInRender"] = () => true;
export const isSandbox: Present["isSandbox"] = () => false;
export const noteSentOut: Present["noteSentOut"] = (_signal, send) => send();
export const wasSentOut: Present["wasSentOut"] = () => false;
export const isRender: Present["isRender"] = () => false;
export const mayHang: Present["mayHang"] = () => false;
