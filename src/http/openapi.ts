import swagger from "@fastify/swagger";
import type { FastifyInstance, FastifySchema } from "fastify";

import { DOORS } from "../dialects/dialects.ts";
import { FORM } from "../dialects/frame/open-routes.ts";

const ABOUT = `This server's GraphQL API, at /graphql, is the one to build on. Here are the HTTP endpoints of the older chat
protocols that it answers too, in the same rooms: a client that was written for one of them works when only its base URL
changes. Every endpoint takes the access token of a login by whichever way: \`Authorization: Bearer …\`.

本服务器同时应答以下旧聊天协议的 HTTP 接口，旧客户端只需修改基础地址即可使用。所有接口都使用登录后获得的访问令牌。`;

const BEARER = "bearer";

/**
 * Describes the older protocols' endpoints from their route tables as OpenAPI 3.1. Call it before they are opened; when
 * the server is ready, \`server.swagger()\` has the document.
 */
export async function describeApi(server: FastifyInstance): Promise<void> {
  await server.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Parlance: older protocols",
        version: "1",
        description: ABOUT,
        license: { name: "MIT", identifier: "MIT" },
      },
      servers: [{ url: "/" }],
      tags: DOORS.map(({ DIALECT: { name, about } }) => ({ name, description: `${about.zh}\n\n${about.en}` })),
      components: { securitySchemes: { [BEARER]: { type: "http", scheme: "bearer", bearerFormat: "JWT" } } },
      security: [{ [BEARER]: [] }],
    },
    transform: ({ schema, url, route }) => {
      if (route.config?.route === undefined || route.method === "HEAD")
        return { schema: { ...schema, hide: true }, url };
      const { [FORM]: form, ...rest } = schema as typeof schema & { [FORM]?: object };
      return underOneName({ ...rest, ...(form === undefined ? withExample(rest) : { body: form }) }, url);
    },
  });
}

interface Member {
  readonly examples?: readonly unknown[];
  readonly enum?: readonly unknown[];
}

/** A body with what to send at the first try: what must be there, or everything that has an example. */
function withExample({ body, consumes }: FastifySchema & { consumes?: readonly string[] }): { body?: object } {
  const { properties, required } = (body ?? {}) as {
    properties?: Record<string, Member>;
    required?: readonly string[];
  };
  if (properties === undefined || consumes !== undefined) return {};
  const example = Object.entries(properties).flatMap(([name, { examples, enum: words }]) => {
    const isShown = required === undefined ? examples !== undefined : required.includes(name);
    return isShown ? [[name, (examples ?? words ?? [])[0]] as const] : [];
  });
  return { body: { ...(body as object), examples: [Object.fromEntries<unknown>(example)] } };
}

/** A variable of a path as Fastify has it, with what it must look like: `:friend_id(^\\d+$)`. */
const VARIABLE = /:(\w+)(?:\([^)]*\))?/g;
const PATHS = DOORS.flatMap(({ ROUTES }) => ROUTES.map(({ path }) => path));

const templateOf = (path: string): string => path.replaceAll(VARIABLE, ":");
const variablesOf = (path: string): string[] => [...path.matchAll(VARIABLE)].map(([, name = ""]) => name);

/**
 * Paths that differ in nothing but what their variables are called are one path of the page (OpenAPI 3.1, Path
 * Templating): `/messages/:friend_id` and `/messages/:message_id` are `/messages/:friend_id_or_message_id` there.
 */
function underOneName(schema: FastifySchema, url: string): { schema: FastifySchema; url: string } {
  const { params } = schema as { params?: { properties: Readonly<Record<string, object>> } };
  if (params === undefined) return { schema, url };
  const alike = PATHS.filter((path) => templateOf(path) === templateOf(url)).map(variablesOf);
  const called = new Map(
    variablesOf(url).map((name, at) => [name, [...new Set(alike.map((names) => names[at]))].join("_or_")]),
  );
  const properties = Object.entries(params.properties).map(([name, of]) => [called.get(name) ?? name, of] as const);
  return {
    schema: {
      ...schema,
      params: { ...params, properties: Object.fromEntries<object>(properties), required: [...called.values()] },
    },
    url: url.replaceAll(VARIABLE, (_, name: string) => `:${called.get(name)}`),
  };
}
