import type { Services } from "../../kernel/context.ts";

export { DIALECT } from "./dialect.ts";
export { ROUTES } from "./routes.ts";
export { SOCKET } from "./socket.ts";

/** The document names no bound of its own: what the server takes, this door takes. */
export const fileBytes = ({ files }: Services): number => files.maxUploadBytes;
