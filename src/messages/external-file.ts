import { Field, Float, ObjectType } from "type-graphql";

import { FILE_NAME_MAXIMUM } from "../files/content/file-name.ts";
import { badInput } from "../kernel/errors.ts";
import { checkedLine } from "../kernel/text.ts";
import { checkedWebAddress } from "../kernel/web-address.ts";

/** A file that lies elsewhere on the web: all that is known of it is what the sender of a message said. */
@ObjectType({
  description:
    "A file that lies elsewhere on the web, as clients of older protocols send them. All that is known of it is what its " +
    "sender said; this server neither keeps nor fetches it.",
})
export class ExternalFile {
  @Field(() => String, { description: "Its address, http or https; at most 2,048 characters." })
  url!: string;

  @Field(() => String, { nullable: true, description: "Its name; at most 200 characters." })
  name!: string | null;

  @Field(() => Float, { nullable: true, description: "Its size in bytes: a whole number." })
  size!: number | null;
}

/** Checks what a client says of a file that lies elsewhere. @throws BAD_USER_INPUT naming `externalFile.url` and so on */
export function checkedExternalFile({ url, name, size }: ExternalFile): ExternalFile {
  if (size !== null && !(Number.isSafeInteger(size) && size >= 0)) {
    throw badInput("externalFile.size", "externalFile.size must be a number of bytes.", Number.MAX_SAFE_INTEGER);
  }
  return {
    url: checkedWebAddress("externalFile.url", url),
    name: name === null ? null : checkedLine("externalFile.name", name, { min: 1, max: FILE_NAME_MAXIMUM }),
    size,
  };
}
