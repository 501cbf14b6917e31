import { readFile } from "node:fs/promises";
import { compileFunction } from "node:vm";

import WebSocket from "ws";

import type { Data } from "../../support/graphql-client.ts";
import type { Person, Where } from "../../support/people.ts";

/** Where the documents' samples find their server: nothing in them says otherwise. */
const DOCUMENTED = /^(http|ws):\/\/localhost:8000/;

/** An address of a sample at the server of the test; relative ones are the page's own. */
export const addressAt = ({ url }: Pick<Where, "url">, address: string): string =>
  address.startsWith("/")
    ? `${url}${address}`
    : address.replace(DOCUMENTED, (_, scheme: string) => url.replace("http", scheme));

/**
 * Runs a sample, unchanged, as a script of a page that has these globals.
 *
 * @param names what it declares and the test uses
 */
export async function runSample<Name extends string>(
  file: string,
  globals: Readonly<Record<string, unknown>>,
  ...names: Name[]
): Promise<Record<Name, Data>> {
  const text = await readFile(new URL(`../${file}`, import.meta.url), "utf8");
  const script = compileFunction(`${text}\nreturn { ${names.join(", ")} };`, Object.keys(globals)) as (
    ...values: unknown[]
  ) => Record<Name, Data>;
  return script(...Object.values(globals));
}

/** The console of a page, and what was printed there. */
export interface PageConsole {
  log(...words: unknown[]): void;
  error(...words: unknown[]): void;
  /** What was printed beside a text, once it is: each thing is taken once. */
  prints(text: string, isIt?: (thing: Data) => boolean): Promise<Data>;
}

export function pageConsole(): PageConsole {
  const printed: { readonly text: unknown; readonly thing: Data }[] = [];
  let came = Promise.withResolvers<void>();
  const print = (text: unknown, thing: unknown): void => {
    printed.push({ text, thing });
    came.resolve();
    came = Promise.withResolvers();
  };
  return {
    log: print,
    error: print,
    async prints(text, isIt = () => true) {
      for (;;) {
        const index = printed.findIndex((one) => one.text === text && isIt(one.thing));
        if (index >= 0) return printed.splice(index, 1)[0]?.thing;
        await came.promise;
      }
    },
  };
}

/** What a browser gives the scripts of a page that the server serves. */
export function pageOf(server: Pick<Where, "url">, console: PageConsole = pageConsole()) {
  const stored = new Map<string, string>();
  return {
    console,
    fetch: (address: string, init?: RequestInit) => fetch(addressAt(server, address), init),
    localStorage: {
      getItem: (key: string): string | null => stored.get(key) ?? null,
      setItem: (key: string, value: string) => void stored.set(key, value),
    },
    WebSocket: class extends WebSocket {
      constructor(address: string) {
        super(addressAt(server, address));
      }
    },
  };
}

/** The same of somebody who is logged in, whose browser adds the token to WebSockets whose address has none. */
export function pageFor(server: Pick<Where, "url">, who: Person, console: PageConsole = pageConsole()) {
  const page = pageOf(server, console);
  page.localStorage.setItem("access_token", who.accessToken);
  return {
    ...page,
    WebSocket: class extends WebSocket {
      constructor(address: string) {
        super(addressAt(server, address), { headers: { authorization: `Bearer ${who.accessToken}` } });
      }
    },
  };
}
