import { type Static, Type } from "typebox";

import type { User } from "../../../users/user.ts";
import { SYSTEM_USERNAME } from "../../../users/username.ts";
import { IdOrSystem } from "../../frame/schemas.ts";

const NAMED = {
  id: IdOrSystem("用户ID；0 为系统 / The user's id; 0 is the server itself."),
  username: Type.String({ description: "用户名 / The user name.", examples: ["developer"] }),
};

/** Somebody by id and user name. */
export const Named = Type.Object(NAMED, { description: "用户 / Somebody." });

/** Somebody as rooms and messages show them. */
export const Person = Type.Object(
  {
    ...NAMED,
    first_name: Type.String({ description: "显示名 / The display name.", examples: ["Developer"] }),
    last_name: Type.String({ description: "始终为空 / Always empty: people here have one name." }),
  },
  { description: "用户 / Somebody." },
);

/** The server itself, who writes what nobody wrote and made what nobody made. */
const SYSTEM: Static<typeof Person> = { id: 0, username: SYSTEM_USERNAME, first_name: "系统", last_name: "" };

/** @param user null for the server, and for whoever is no more */
export const personOf = (user: User | null): Static<typeof Person> =>
  user === null ? SYSTEM : { id: user.id, username: user.username, first_name: user.displayName, last_name: "" };

export const namedOf = (user: User | null): Static<typeof Named> => {
  const { id, username } = personOf(user);
  return { id, username };
};
