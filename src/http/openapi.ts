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
  const paths = new SharedPaths();
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
      return paths.shared(form === undefined ? rest : { ...rest, body: form }, url);
    },
  });
}

/** A parameter of a path, as Fastify has it, without what it must look like. */
const PARAMETER = /:(\w+)(?:\([^/]*\))?/g;

/**
 * To OpenAPI two paths that differ by the names of their parameters alone are one (3.1, Paths Object), and the documents
 * have such: they are told under the names of the first. What each of them is, its description says.
 */
class SharedPaths {
  readonly #names = new Map<string, readonly string[]>();

  shared(schema: FastifySchema, url: string): { schema: FastifySchema; url: string } {
    const own = [...url.matchAll(PARAMETER)].map(([, name = ""]) => name);
    const form = url.replace(PARAMETER, ":");
    const names = this.#names.get(form) ?? own;
    this.#names.set(form, names);
    const called = new Map(own.map((name, place) => [name, names[place] ?? name]));
    if (own.every((name) => called.get(name) === name)) return { schema, url };
    const { properties = {}, required = [], ...rest } = schema.params as ParameterSchema;
    const params = {
      ...rest,
      required: required.map((name) => called.get(name) ?? name),
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, one]) => [called.get(name) ?? name, one] as const),
      ),
    };
    return { schema: { ...schema, params }, url: url.replace(PARAMETER, (_, name: string) => `:${called.get(name)}`) };
  }
}

interface ParameterSchema {
  readonly properties?: Readonly<Record<string, object>>;
  readonly required?: readonly string[];
}
