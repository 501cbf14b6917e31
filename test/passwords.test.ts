import { decodeJwt } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { Turns } from "../src/kernel/turns.ts";
import { type GraphqlAnswer, post } from "./support/graphql-client.ts";
import { type Person, person } from "./support/people.ts";
import { type TestServer, startServer } from "./support/server.ts";

const LOGIN = `mutation ($input: LoginInput!) { login(input: $input) { accessToken } }`;
const CHANGE_PASSWORD = `mutation ($input: ChangePasswordInput!) {
  changePassword(input: $input) { viewer { user { id } sessions { id } } endedSessions { id } }
}`;

let server: TestServer;
let ada: Person;
beforeAll(async () => {
  server = await startServer();
  ada = await person(server, "ada");
});
afterAll(() => server.stop());

const codeOf = ({ errors }: GraphqlAnswer): string | undefined => errors?.[0]?.extensions.code;

const login = (username: string, password: string) => post(server.url, LOGIN, { input: { username, password } });

/** Logs somebody in once more. @returns the access token */
async function token({ username, password }: Person): Promise<string> {
  const { data } = await login(username, password);
  return data.login.accessToken;
}

const sessionOf = (accessToken: string): string => String(decodeJwt(accessToken)["sid"]);

/** The code of an attempt to use the token; undefined where it holds. */
const fateOf = async (accessToken: string): Promise<string | undefined> =>
  codeOf(await post(server.url, `{ viewer { email } }`, {}, { authorization: `Bearer ${accessToken}` }));

describe("changing the password", () => {
  test("ends the other sessions and leaves this one", async () => {
    const fay = await person(server, "fay");
    const other = await token(fay);
    const input = { currentPassword: fay.password, newPassword: "neues Paßwört" };
    const { data } = await fay.graphql(CHANGE_PASSWORD, { input });
    expect(data.changePassword.viewer).toEqual({
      user: { id: fay.id },
      sessions: [{ id: sessionOf(fay.accessToken) }],
    });
    expect(data.changePassword.endedSessions).toEqual([{ id: sessionOf(other) }]);
    expect(await fateOf(other)).toBe("UNAUTHENTICATED");
    expect(await fateOf(fay.accessToken)).toBeUndefined();
    expect(codeOf(await login("fay", fay.password))).toBe("UNAUTHENTICATED");
    expect((await login("fay", input.newPassword)).errors).toBeUndefined();
  });

  test("takes the same characters from another keyboard", async () => {
    const hal = await person(server, "hal");
    const input = { currentPassword: hal.password, newPassword: "Fußgänger".normalize("NFC") };
    await hal.graphql(CHANGE_PASSWORD, { input });
    expect((await login("hal", "Fußgänger".normalize("NFD"))).errors).toBeUndefined();
    expect(codeOf(await login("hal", "Fußganger"))).toBe("UNAUTHENTICATED");
  });

  test.each([
    ["currentPassword", { currentPassword: "not her password", newPassword: "long enough" }],
    ["currentPassword", { currentPassword: "1".repeat(129), newPassword: "long enough" }],
    ["newPassword", { currentPassword: "…", newPassword: "short" }],
    ["newPassword", { currentPassword: "…", newPassword: "1".repeat(129) }],
  ])("is refused, naming %s, and ends nothing: %j", async (field, input) => {
    const other = await token(ada);
    const { errors } = await ada.graphql(CHANGE_PASSWORD, { input });
    expect(errors?.[0]?.extensions).toMatchObject({ code: "BAD_USER_INPUT", field });
    expect(await fateOf(other)).toBeUndefined();
  });

  test("twice at once is done once", async () => {
    const gil = await person(server, "gil");
    const change = (newPassword: string) =>
      gil.graphql(CHANGE_PASSWORD, { input: { currentPassword: gil.password, newPassword } });
    const answers = await Promise.all([change("the first one"), change("the second one")]);
    expect(answers.map((answer) => codeOf(answer) ?? "changed").toSorted()).toEqual(["BAD_USER_INPUT", "changed"]);
  });

  test("needs a session", async () => {
    const input = { currentPassword: ada.password, newPassword: "long enough" };
    expect(codeOf(await post(server.url, CHANGE_PASSWORD, { input }))).toBe("UNAUTHENTICATED");
  });
});

describe("work that is costly", () => {
  test("runs a few at a time, waits in line, and is refused beyond it", async () => {
    const turns = new Turns(2, 1, "Too many.");
    const doors = Array.from({ length: 3 }, () => Promise.withResolvers<string>());
    const begun: number[] = [];
    const [first, second, third] = doors.map(({ promise }, index) =>
      turns.run(() => {
        begun.push(index);
        return promise;
      }),
    );
    await expect(turns.run(async () => "fourth")).rejects.toMatchObject({ code: "RATE_LIMITED" });
    expect(begun).toEqual([0, 1]);
    doors[1]?.reject(new Error("failed"));
    await expect(second).rejects.toThrow("failed");
    doors[2]?.resolve("third");
    expect(await third).toBe("third");
    doors[0]?.resolve("first");
    expect(await first).toBe("first");
    expect(await turns.run(async () => "again")).toBe("again");
  });
});
