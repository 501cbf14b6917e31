export { DIALECT } from "./errors.ts";
export { ROUTES } from "./routes/routes.ts";
export { SOCKET } from "./socket.ts";

/** No file is uploaded by this door: a message names one by its address (001…, 文件上传). */
export const fileBytes = (): number => 0;
