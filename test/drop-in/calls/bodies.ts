import { echo } from "../answers.ts";
import type { AnyFetch, Calls, Run } from "./call.ts";

const bytes = Uint8Array.from({ length: 32 }, (_, at) => at * 8);

function form(): FormData {
  const data = new FormData();
  data.append("plain", "text with ümlaut");
  data.append("twice", "1");
  data.append("twice", "2");
  data.append("file", new File(["a,b\n1,2"], "table.csv", { type: "text/csv" }));
  return data;
}

const posting =
  (body: () => unknown): Run =>
  (fetch: AnyFetch, at) =>
    fetch(at.page(echo), { method: "POST", body: body() });

export const bodies: Calls = {
  "a string": posting(() => "text with ümlaut and 🦆"),
  "an empty string": posting(() => ""),
  "a body of null": posting(() => null),
  "a body of undefined": posting(() => undefined),
  "a number as body": posting(() => 42),
  "a plain object as body, which becomes [object Object]": posting(() => ({ a: 1 })),
  "an object with toString as body": posting(() => ({ toString: () => "spoken" })),
  "an array as body": posting(() => [1, 2, 3]),
  "JSON with its own content type": (fetch, at) =>
    fetch(at.page(echo), {
      method: "POST",
      body: JSON.stringify({ a: [1, null] }),
      headers: { "content-type": "application/json" },
    }),
  URLSearchParams: posting(() => new URLSearchParams({ a: "1", b: "ü &=" })),
  "empty URLSearchParams": posting(() => new URLSearchParams()),
  "FormData with a file": posting(form),
  "empty FormData": posting(() => new FormData()),
  "a Blob with a type": posting(() => new Blob(["blob", bytes], { type: "application/x-blob" })),
  "a Blob without a type": posting(() => new Blob(["blob"])),
  "an empty Blob": posting(() => new Blob([])),
  "a slice of a Blob": posting(() => new Blob(["0123456789"]).slice(2, 5, "text/slice")),
  "a File": posting(() => new File(["file"], "name.txt", { type: "text/plain" })),
  "an ArrayBuffer": posting(() => bytes.buffer.slice(0)),
  "an empty ArrayBuffer": posting(() => new ArrayBuffer(0)),
  "a Uint8Array": posting(() => bytes.slice()),
  "a part of a Uint8Array": posting(() => bytes.subarray(4, 12)),
  "a Buffer": posting(() => Buffer.from("buffered")),
  "an Int16Array": posting(() => new Int16Array([1, -1, 300])),
  "a Float64Array": posting(() => new Float64Array([Math.PI])),
  "a BigInt64Array": posting(() => new BigInt64Array([-1n])),
  "a DataView": posting(() => new DataView(bytes.buffer, 8, 8)),
  "a SharedArrayBuffer": posting(() => new SharedArrayBuffer(4)),
  "a big string": posting(() => "0123456789".repeat(100_000)),
  "big bytes": posting(() => new Uint8Array(2_000_000).fill(7)),
  "a string whose content-length is given": (fetch, at) =>
    fetch(at.page(echo), { method: "POST", body: "four", headers: { "content-length": "4" } }),
  "bytes that the caller changes right after the call": async (fetch, at) => {
    const body = new Uint8Array([65, 66, 67]);
    const answer = fetch(at.page(echo), { method: "POST", body });
    body.fill(90);
    return answer;
  },
};
