import { Arg, Args, Ctx, Field, FieldResolver, ID, InputType, Mutation, ObjectType, Resolver } from "type-graphql";

import type { Context } from "../kernel/context.ts";
import { globalId, rowId } from "../kernel/ids.ts";
import { PageArgs } from "../kernel/page-args.ts";
import type { Connection } from "../kernel/pages.ts";
import { UpdateProfilePayload } from "../users/profile.ts";
import { Viewer } from "../users/viewer.ts";
import * as files from "./file.service.ts";
import { FilePage } from "./file.service.ts";
import { File } from "./file.ts";
import { Upload } from "./upload-scalar.ts";
import * as uploads from "./upload.service.ts";

@ObjectType({ description: "What uploadFile changed." })
export class UploadFilePayload {
  @Field(() => File, { description: "The file, for sendMessage to carry. What nothing names is removed after a day." })
  file!: File;
}

@InputType({ description: "What deleteFile takes." })
export class DeleteFileInput {
  @Field(() => ID, { description: "One's own file." })
  fileId!: string;
}

@ObjectType({ description: "What deleteFile changed." })
export class DeleteFilePayload {
  @Field(() => ID, { description: "The file that is no more." })
  fileId!: string;
}

@Resolver()
export class UploadResolver {
  @Mutation(() => UploadFilePayload, {
    description:
      "Takes a file in: JPEG, PNG, GIF, WebP, PDF, TXT, DOC, DOCX, XLS, XLSX, MP3, M4A, OGG, WAV, MP4 or WebM, judged by " +
      "its content, 10 MB unless the server is set otherwise. Of an image only the picture is kept, at most 50 million " +
      "pixels. PAYLOAD_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE; RATE_LIMITED with too many files that nothing names.",
  })
  async uploadFile(
    @Ctx() ctx: Context,
    @Arg("file", () => Upload, { description: "The file." }) file: uploads.Asked,
    @Arg("conversationId", () => ID, {
      nullable: true,
      description: "Where it will be sent: an upload is refused at once where one may not write.",
    })
    conversationId: string | null,
  ): Promise<UploadFilePayload> {
    const where = conversationId == null ? null : rowId("conversation", conversationId, "conversationId");
    return { file: await uploads.upload(ctx, { conversationId: where, file }) };
  }

  @Mutation(() => UpdateProfilePayload, {
    description:
      "Takes an image in as the viewer's picture: its middle as a square, at most 512 pixels either way, WebP. As uploadFile.",
  })
  async uploadAvatar(
    @Ctx() ctx: Context,
    @Arg("file", () => Upload, { description: "JPEG, PNG, GIF or WebP." }) file: uploads.Asked,
  ): Promise<UpdateProfilePayload> {
    return new UpdateProfilePayload(await uploads.uploadAvatar(ctx, file));
  }

  @Mutation(() => DeleteFilePayload, {
    description:
      "Deletes one's own file. Messages that carry it stay and carry nothing any more; its address answers 404.",
  })
  async deleteFile(
    @Ctx() ctx: Context,
    @Arg("input", () => DeleteFileInput, { description: "The file." }) input: DeleteFileInput,
  ): Promise<DeleteFilePayload> {
    const fileId = rowId("file", input.fileId, "fileId");
    await files.remove(ctx, { fileId });
    return { fileId: globalId("file", fileId) };
  }
}

@Resolver(() => Viewer)
export class ViewerFilesResolver {
  @FieldResolver(() => FilePage.Connection, { description: "What the viewer has uploaded, the newest first." })
  files(@Args(() => PageArgs) page: PageArgs, @Ctx() ctx: Context): Promise<Connection<File>> {
    return files.own(ctx, page);
  }
}
