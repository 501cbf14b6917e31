import type { FastifyInstance } from "fastify";

import type { Services } from "../kernel/context.ts";
import { EXPORTS_PATH, exportFile } from "../operations/export-file.ts";
import { nothing, visitor } from "./visitor.ts";

interface ExportPath {
  Params: { token: string };
}

/** Downloads of exports: GET and HEAD of the address that `Export.url` names, which is the right to have it. */
export function openExports(server: FastifyInstance, services: Services): void {
  server.route<ExportPath>({
    method: ["GET", "HEAD"],
    url: `${EXPORTS_PATH}/:token/:name`,
    handler: async (request, reply) => {
      const file = await exportFile(visitor(request, services), request.params.token);
      if (file === null) return nothing(reply);
      reply.headers({
        "content-type": file.mimeType,
        "content-length": file.size,
        "content-disposition": `attachment; filename="${file.name}"`,
        "cache-control": "private, no-store",
      });
      return reply.send(request.method === "HEAD" ? undefined : await file.open());
    },
  });
}
