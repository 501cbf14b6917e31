import type { Data } from "../../support/graphql-client.ts";
import type { Person, Where } from "../../support/people.ts";

/** What a dialect answered. */
export interface RestAnswer {
  readonly status: number;
  /** As JSON; as text where it is none. */
  readonly body: Data;
  readonly headers: Headers;
}

/** Somebody who talks to the doors of older clients. */
export interface Rest {
  get(path: string): Promise<RestAnswer>;
  post(path: string, json?: unknown): Promise<RestAnswer>;
  put(path: string, json?: unknown): Promise<RestAnswer>;
  delete(path: string): Promise<RestAnswer>;
  /** A form, posted as multipart. */
  upload(path: string, form: FormData): Promise<RestAnswer>;
}

/** @param who nobody where null: no token is sent */
export function rest(server: Pick<Where, "url">, who: Pick<Person, "accessToken"> | null): Rest {
  const headers = who === null ? {} : { authorization: `Bearer ${who.accessToken}` };
  const json = (method: string, path: string, value: unknown): Promise<RestAnswer> =>
    value === undefined
      ? request(server, path, { method, headers })
      : request(server, path, {
          method,
          headers: { ...headers, "content-type": "application/json" },
          body: JSON.stringify(value),
        });
  return {
    get: (path) => request(server, path, { headers }),
    post: (path, value) => json("POST", path, value),
    put: (path, value) => json("PUT", path, value),
    delete: (path) => request(server, path, { method: "DELETE", headers }),
    upload: (path, body) => request(server, path, { method: "POST", headers, body }),
  };
}

/** What an answer holds, which must be a success. */
export async function done(asked: Promise<RestAnswer>): Promise<Data> {
  const { status, body } = await asked;
  if (status >= 300) throw new Error(`It was refused with ${status}: ${JSON.stringify(body)}`);
  return body;
}

/** Any request, as it is. */
export async function request({ url }: Pick<Where, "url">, path: string, init: RequestInit): Promise<RestAnswer> {
  const response = await fetch(`${url}${path}`, init);
  const text = await response.text();
  return { status: response.status, body: parsed(text), headers: response.headers };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A form of these fields; a file is given as its bytes and a name. */
export function formOf(fields: Readonly<Record<string, string | FileField>>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === "string") form.set(name, value);
    else form.set(name, new Blob([value.content], { type: value.type ?? "" }), value.name);
  }
  return form;
}

export interface FileField {
  readonly content: Uint8Array<ArrayBuffer> | string;
  readonly name: string;
  /** What the client says it is. */
  readonly type?: string;
}
