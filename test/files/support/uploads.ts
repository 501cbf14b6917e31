import { type Data, type GraphqlAnswer, type Variables } from "../../support/graphql-client.ts";
import type { Person } from "../../support/people.ts";
import type { TestServer } from "../../support/server.ts";

export type Where = Pick<TestServer, "url">;

/** What is sent as a file. */
export interface Sent {
  readonly content: Uint8Array | string;
  readonly name?: string;
  readonly mimeType?: string;
}

export type HttpAnswer = GraphqlAnswer & { readonly status: number };

const FILE = "id name size mimeType url thumbnailUrl width height owner { id } createdAt";
export const UPLOAD = `mutation ($file: Upload!, $conversationId: ID) {
  uploadFile(file: $file, conversationId: $conversationId) { file { ${FILE} } }
}`;
export const AVATAR = `mutation ($file: Upload!) { uploadAvatar(file: $file) { user { id avatarUrl } } }`;
export const DELETE = `mutation ($input: DeleteFileInput!) { deleteFile(input: $input) { fileId } }`;
export const SEND = `mutation ($input: SendMessageInput!) {
  sendMessage(input: $input) { message { id seq type content file { ${FILE} } } }
}`;

/** The form of a multipart request by the specification. */
export function form(query: string, variables: Variables, { content, name = "file", mimeType = "" }: Sent): FormData {
  const body = new FormData();
  body.set("operations", JSON.stringify({ query, variables: { ...variables, file: null } }));
  body.set("map", JSON.stringify({ 0: ["variables.file"] }));
  body.set("0", new Blob([content], { type: mimeType }), name);
  return body;
}

/** A multipart request, whatever is in it. */
export async function postForm(
  { url }: Where,
  body: FormData | ReadableStream | string,
  who: Person | null,
  headers: Readonly<Record<string, string>> = {},
): Promise<HttpAnswer> {
  const authorization: Record<string, string> = who === null ? {} : { authorization: `Bearer ${who.accessToken}` };
  const response = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: { "apollo-require-preflight": "true", ...authorization, ...headers },
    body,
  });
  return { status: response.status, ...((await response.json()) as GraphqlAnswer) };
}

export const attemptUpload = (server: Where, who: Person, file: Sent, variables: Variables = {}): Promise<HttpAnswer> =>
  postForm(server, form(UPLOAD, variables, file), who);

/** An upload that must succeed: the file. */
export async function upload(server: Where, who: Person, file: Sent, variables: Variables = {}): Promise<Data> {
  const { data, errors } = await attemptUpload(server, who, file, variables);
  if (errors !== undefined) throw new Error(`${file.name} was refused: ${JSON.stringify(errors)}`);
  return data.uploadFile.file;
}

/** Downloads from an address of a file, which is the public one, from this server. */
export function download(server: Where, address: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${server.url}${new URL(address).pathname}`, init);
}

export async function bytesOf(response: Response): Promise<Buffer> {
  return Buffer.from(await response.arrayBuffer());
}
