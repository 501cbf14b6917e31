import { createInterface } from "node:readline";

import type { MessagePartsFragment } from "../generated/graphql.ts";

/** A conversation by the word that the test has for it. */
export type Place = "room" | "direct";

/** What a person tells their chat program to do: one line of JSON on its standard input. */
export type Command =
  | { readonly do: "befriend"; readonly username: string }
  | { readonly do: "accept" }
  | { readonly do: "found"; readonly slug: string }
  | { readonly do: "join"; readonly slug: string }
  | { readonly do: "open"; readonly username: string }
  | { readonly do: "say"; readonly in: Place; readonly text: string }
  | { readonly do: "edit"; readonly id: string; readonly text: string }
  | { readonly do: "delete"; readonly id: string }
  | { readonly do: "show"; readonly in: Place };

/** A message, as the program has it on its screen. */
export type Shown = Pick<MessagePartsFragment, "id" | "seq" | "content" | "isEdited" | "isDeleted"> & {
  readonly sender: string | null;
};

/** What the program prints: one line of JSON each. */
export type Line =
  /** It is up, and this is who it is. */
  | { readonly says: "registered"; readonly accessToken: string }
  /** The oldest command that was not answered yet is done. */
  | { readonly says: "done"; readonly id?: string; readonly status?: string; readonly shown?: readonly Shown[] }
  /** A subscription delivered a message. */
  | { readonly says: "heard"; readonly in: Place; readonly change: "added" | "updated"; readonly seq: number }
  /** The WebSocket stands, or has been lost. */
  | { readonly says: "connected" }
  | { readonly says: "disconnected" };

export const print = (line: Line): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

export const shown = ({ id, seq, content, isEdited, isDeleted, sender }: MessagePartsFragment): Shown => ({
  id,
  seq,
  content,
  isEdited,
  isDeleted,
  sender: sender?.username ?? null,
});

/** Does what is typed, one after the other, until standard input ends. */
export async function obey(act: (command: Command) => Promise<Omit<Line & { says: "done" }, "says">>): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    print({ says: "done", ...(await act(JSON.parse(line) as Command)) });
  }
}
