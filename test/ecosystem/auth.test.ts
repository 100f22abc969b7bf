import { Auth, type AuthConfig, customFetch } from "@auth/core";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { findCircuitOpenError } from "../../src/index.ts";
import { fakeApi } from "./fake-api.ts";

const api = fakeApi();

const answers: Record<string, object> = {
  "/token": { access_token: "a", token_type: "bearer" },
  "/userinfo": { sub: "1", name: "Ann" },
};
beforeEach(() => {
  api.handler = ({ url }, response) => response.end(JSON.stringify(answers[url!]));
});

const error = vi.fn<(error: Error) => void>();
beforeEach(() => void error.mockClear());

/** A visitor who comes back from the provider. */
async function signIn(): Promise<{ location: string | null; isSignedIn: boolean }> {
  const provider = {
    id: "test",
    name: "Test",
    type: "oauth",
    clientId: "id",
    clientSecret: "secret",
    checks: ["none"],
    authorization: `${api.origin}/authorize`,
    token: `${api.origin}/token`,
    userinfo: `${api.origin}/userinfo`,
    profile: ({ sub, name }: { sub: string; name: string }) => ({ id: sub, name }),
    [customFetch]: api.fetch,
  };
  const response = await Auth(new Request("http://localhost/auth/callback/test?code=1"), {
    basePath: "/auth",
    secret: "secret",
    trustHost: true,
    logger: { error, warn() {}, debug() {} },
    providers: [provider as AuthConfig["providers"][number]],
  });
  const cookies = response.headers.getSetCookie();
  return {
    location: response.headers.get("location"),
    isSignedIn: cookies.some((cookie) => cookie.startsWith("authjs.session-token=")),
  };
}

const errorPage = "http://localhost/auth/error?error=Configuration";

describe("Auth.js with a protected fetch", () => {
  test("signs in as ever", async () => {
    expect(await signIn()).toEqual({ location: "http://localhost", isSignedIn: true });
    expect(api.hits).toBe(2);
  });

  test("the provider's failures open the circuit", async () => {
    api.isDown = true;
    for (let visitor = 0; visitor < 2; visitor++) {
      // oxlint-disable-next-line no-await-in-loop
      expect(await signIn()).toEqual({ location: errorPage, isSignedIn: false });
    }
    expect(api.state).toBe("open");
  });

  test("while open the provider is not asked, and Auth.js tells its logger and its error page", async () => {
    api.open();
    expect(await signIn()).toEqual({ location: errorPage, isSignedIn: false });
    expect(api.hits).toBe(0);
    const { err } = error.mock.lastCall![0].cause as { err: unknown };
    expect(findCircuitOpenError(err)).toBeDefined();
  });
});
