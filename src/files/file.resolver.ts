import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";

import type { Context } from "../kernel/context.ts";
import * as users from "../users/user.service.ts";
import { User } from "../users/user.ts";
import { thumbnailUrlOf, urlOf } from "./addresses.ts";
import { File } from "./file.ts";

@Resolver(() => File)
export class FileResolver {
  @FieldResolver(() => String, {
    description:
      "Where it is downloaded, without a token: whoever has the address may, until every message that carried it is deleted " +
      "or recalled. Ranges, ETag and HEAD are understood. " +
      "Images, sounds and films are shown by browsers, all else is saved.",
  })
  url(@Ctx() ctx: Context, @Root() file: File): string {
    return urlOf(ctx.services.files.publicUrl, file);
  }

  @FieldResolver(() => String, {
    nullable: true,
    description:
      "A smaller picture of an image, WebP, at most 480 pixels either way; null for other files. Until it is made, a moment " +
      "after the upload, the image itself is there.",
  })
  thumbnailUrl(@Ctx() ctx: Context, @Root() file: File): string | null {
    return thumbnailUrlOf(ctx.services.files.publicUrl, file);
  }

  @FieldResolver(() => User, { description: "Who uploaded it." })
  owner(@Ctx() ctx: Context, @Root() file: File): Promise<User> {
    return ctx.load(users.byIds, file.ownerId);
  }
}
