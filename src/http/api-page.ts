import swaggerUi from "@fastify/swagger-ui";
import type { FastifyInstance } from "fastify";

import { describeApi } from "./openapi.ts";

const API_PAGE_PATH = "/docs";

/** Everything that the page needs comes from here; it may call this server and nobody else. */
const POLICY =
  "default-src 'none'; base-uri 'none'; connect-src 'self'; font-src 'self'; form-action 'none'; frame-ancestors 'none'; " +
  "img-src 'self' data:; script-src 'self'; style-src 'self' 'unsafe-inline'";

/**
 * The page on which the older protocols' endpoints are read about and tried, /docs (Swagger UI, without a word to any other
 * server), and what it is made of, /docs/json. Call it before the endpoints are opened.
 */
export async function openApiPage(server: FastifyInstance): Promise<void> {
  await describeApi(server);
  await server.register(swaggerUi, {
    routePrefix: API_PAGE_PATH,
    staticCSP: POLICY,
    theme: { title: "Parlance: older protocols" },
    uiConfig: {
      // Without the bar above, in which one would enter the address of another server's document.
      layout: "BaseLayout",
      docExpansion: "list",
      deepLinking: true,
      persistAuthorization: false,
      tryItOutEnabled: true,
      displayOperationId: false,
      filter: true,
      validatorUrl: null,
    },
  });
}
