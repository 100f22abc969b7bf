import { readable } from "./upstream.ts";

/** Anything a call may give back, as plain data that can be compared. Bodies are read to their end. */
export async function describeValue(value: unknown): Promise<unknown> {
  if (value instanceof Response) return describeResponse(value);
  if (isError(value)) return describeError(value);
  if (value instanceof Blob) {
    const { name } = value as File;
    return { blob: value.type, name, bytes: readable(new Uint8Array(await value.arrayBuffer())) };
  }
  if (value instanceof ArrayBuffer) return { buffer: readable(new Uint8Array(value)) };
  if (value instanceof Uint8Array) return { bytes: readable(value), of: value.constructor.name };
  if (value instanceof Headers) return { headers: [...value], cookies: value.getSetCookie() };
  if (value instanceof FormData) return { form: await describeValue([...value]) };
  if (Array.isArray(value)) {
    const described: unknown[] = [];
    for (const member of value) described.push(await describeValue(member));
    return described;
  }
  if (typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
    return Object.fromEntries((await describeValue(Object.entries(value))) as Array<[string, unknown]>);
  }
  return typeof value === "object" && value !== null ? `a ${value.constructor?.name ?? "thing"}` : value;
}

async function describeResponse(response: Response): Promise<unknown> {
  const { type, url, redirected, status, ok, statusText, bodyUsed, headers } = response;
  const clean = { type, url, redirected, status, ok, statusText, bodyUsed };
  let body: unknown = "already used";
  if (!bodyUsed && !response.body?.locked) {
    body = await response.arrayBuffer().then(describeValue, describeValue);
  }
  return {
    class: classes(response),
    own: Reflect.ownKeys(response).map(String),
    ...clean,
    headers: [...headers],
    cookies: headers.getSetCookie(),
    hasBody: response.body !== null,
    body,
  };
}

/** An Error may come from another realm, or be a DOMException: looks count. */
function isError(value: unknown): value is Error {
  return value instanceof Error || Object.prototype.toString.call(value) === "[object Error]";
}

function describeError(error: Error, depth = 0): unknown {
  const { name, message, cause, errors, code } = error as Error & { errors?: unknown; code?: unknown };
  const described = (inner: unknown): unknown =>
    isError(inner) && depth < 5 ? describeError(inner, depth + 1) : primitive(inner);
  // A socket among them has ports and byte counts of its own.
  const own = Object.entries(error).map(([key, held]) => [key, primitive(held)]);
  return {
    class: classes(error),
    isError: error instanceof Error,
    name,
    message,
    code,
    own,
    hasCause: "cause" in error,
    cause: described(cause),
    errors: Array.isArray(errors) ? errors.map(described) : errors,
  };
}

function primitive(value: unknown): unknown {
  return Object(value) === value ? `a ${(value as object).constructor?.name ?? "thing"}` : value;
}

/** Its class and those it extends. */
function classes(value: object): string[] {
  const names: string[] = [];
  let prototype: unknown = Object.getPrototypeOf(value);
  while (prototype !== null && names.length < 10) {
    names.push((prototype as object).constructor.name);
    prototype = Object.getPrototypeOf(prototype);
  }
  return names;
}
