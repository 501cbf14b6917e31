import { Type } from "typebox";

import { urlOf } from "../../../files/addresses.ts";
import { takeFor } from "../../../files/provisional.ts";
import { uploadAvatar } from "../../../files/upload.service.ts";
import { demandReach } from "../../../friends/reach.ts";
import { type Route, route } from "../../frame/route.ts";
import { Id } from "../../frame/schemas.ts";
import { AvatarUploaded, Uploaded, uploaded } from "../shapes.ts";

/** 002…, 文件上传 */
export const UPLOAD_ROUTES: readonly Route[] = [
  route({
    method: "POST",
    path: "/api/v1/upload/avatar",
    id: "chat8UploadAvatar",
    summary: { zh: "上传头像", en: "Takes an image as the caller's picture" },
    notes: {
      zh: "JPEG、PNG、GIF 或 WebP，按内容判断；裁成正方形。",
      en: "JPEG, PNG, GIF or WebP, judged by its content; its middle becomes a square.",
    },
    takes: "file",
    body: Type.Object({}),
    answer: AvatarUploaded,
    says: "头像上传成功",
    async handle(ctx, { form }) {
      const { taken } = await form((file) => uploadAvatar(ctx, async () => file));
      return { avatar_url: taken.avatarUrl ?? "" };
    },
  }),
  route({
    method: "POST",
    path: "/api/v1/upload/file",
    id: "chat8UploadFile",
    summary: { zh: "上传聊天文件", en: "Takes a file that is to be sent to somebody" },
    notes: {
      zh: "随后以 file_url 作为 content 发送消息，消息即携带该文件。类型按内容判断。",
      en:
        "A message whose content is the file_url then carries the file. What kind it is, is judged by its content. " +
        "Where the receiver cannot be reached nothing is kept of it.",
    },
    takes: "file",
    body: Type.Object({ receiver_id: Id("接收者编号 / For whom it is.") }),
    answer: Uploaded,
    says: "文件上传成功",
    async handle(ctx, { form }) {
      const file = await takeFor(ctx, undefined, async (take) => {
        const { taken, fields } = await form(take);
        await demandReach(ctx, fields.receiver_id, "userId");
        return taken;
      });
      return uploaded(file, urlOf(ctx.services.files.publicUrl, file));
    },
  }),
];
