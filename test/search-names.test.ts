import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { post } from "./support/graphql-client.ts";
import { type Person, person } from "./support/people.ts";
import { does, room } from "./support/rooms.ts";
import { type TestServer, startServer } from "./support/server.ts";

const PEOPLE: Record<string, string> = {
  renee_a: "Renée Ångström",
  sakura: "さくら 東京子",
  wang5: "王小明",
  kim: "김민준",
  "o-neil": "Shaun O'Neil (QA)",
  irmak: "IRMAK Işıl",
  vova: "Владимир Ёлкин",
  grosz: "Jörg Großmann",
  party: "🎉 Party \\ 100%",
};

let server: TestServer;
let ann: Person;
let eve: Person;

beforeAll(async () => {
  server = await startServer();
  [ann, eve] = await Promise.all([person(server, "zz-ann"), person(server, "zz-eve")]);
  for (const [username, displayName] of Object.entries(PEOPLE)) {
    const somebody = await person(server, username);
    await does(somebody, "updateProfile", { displayName });
  }
});
afterAll(() => server.stop());

const namesOf = async (list: "users" | "rooms", who: Person, words: string): Promise<string[]> => {
  const name = list === "users" ? "username" : "name";
  const { data, errors } = await who.graphql(
    `query ($s: String) { ${list}(search: $s, first: 50) { nodes { ${name} } } }`,
    {
      s: words,
    },
  );
  expect(errors, words).toBeUndefined();
  return data[list].nodes.map((node: Record<string, string>) => node[name]);
};

describe("people", () => {
  test.each([
    ["renee", ["renee_a"]],
    ["ANGSTROM", ["renee_a"]],
    ["ström", ["renee_a"]],
    ["e_a", ["renee_a"]],
    ["renée ang", ["renee_a"]],
    ["東京", ["sakura"]],
    ["京", ["sakura"]],
    ["くら", ["sakura"]],
    ["小明", ["wang5"]],
    ["王", ["wang5"]],
    ["민", ["kim"]],
    ["o'n", ["o-neil"]],
    ["(qa)", ["o-neil"]],
    ["isil", ["irmak"]],
    ["ışıl", ["irmak"]],
    ["елкин", ["vova"]],
    ["ладими", ["vova"]],
    ["grossm", ["grosz"]],
    ["joerg", []],
    ["🎉", ["party"]],
    ["\\", ["party"]],
    ["0%", ["party"]],
    ["ｐａｒｔｙ", ["party"]],
    ["' | !x:*", []],
    ["&", []],
    ["\u200b", []],
    ["zz-", ["zz-ann", "zz-eve"]],
  ])("are found by any part of their names: %j", async (words, expected) => {
    expect(await namesOf("users", ann, words)).toEqual(expected);
  });

  test("are found by their new name as soon as they have it, and no longer by the former", async () => {
    await does(eve, "updateProfile", { displayName: "Evelyne Neuhaus" });
    expect(await namesOf("users", ann, "neuhaus")).toEqual(["zz-eve"]);
    await does(eve, "updateProfile", { displayName: "Evelyne Althaus" });
    expect(await namesOf("users", ann, "neuhaus")).toEqual([]);
    expect(await namesOf("users", ann, "althaus")).toEqual(["zz-eve"]);
  });

  test("are found by nobody who is not logged in", async () => {
    const { errors } = await post(server.url, `{ users(search: "renee") { nodes { id } } }`);
    expect(errors?.[0]?.extensions.code).toBe("UNAUTHENTICATED");
  });
});

describe("rooms", () => {
  test("are found by any part of name and slug: PUBLIC ones, and one's own", async () => {
    await room(ann, { name: "Café 東京タワー", slug: "tokyo-cafe" });
    await room(ann, { name: "Geheimes Café", visibility: "PRIVATE" });
    for (const words of ["cafe", "CAFÉ", "afé"]) {
      expect(await namesOf("rooms", ann, words)).toEqual(["Café 東京タワー", "Geheimes Café"]);
      expect(await namesOf("rooms", eve, words)).toEqual(["Café 東京タワー"]);
    }
    for (const words of ["京", "タワー", "ﾀﾜｰ", "tokyo", "o-c", "tokyo 東京"]) {
      expect(await namesOf("rooms", eve, words)).toEqual(["Café 東京タワー"]);
    }
    expect(await namesOf("rooms", eve, "geheim")).toEqual([]);
    expect(await namesOf("rooms", eve, "kyoto")).toEqual([]);
  });

  test("are not found among groups and direct conversations", async () => {
    await does(ann, "createGroup", { name: "Café group", memberIds: [] });
    expect(await namesOf("rooms", ann, "group")).toEqual([]);
  });
});
