import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Field,
  ID,
  InputType,
  Int,
  Mutation,
  ObjectType,
  Query,
  Resolver,
} from "type-graphql";

import { Room, RoomVisibility } from "../conversations/conversation.ts";
import type { Context } from "../kernel/context.ts";
import { rowId } from "../kernel/ids.ts";
import { PageArgs } from "../kernel/page-args.ts";
import { type Connection, connectionType } from "../kernel/pages.ts";
import { list } from "./room-list.ts";
import * as rooms from "./room.service.ts";

const RoomPage = connectionType(Room, "Room");

@ArgsType()
class RoomsArgs extends PageArgs {
  @Field(() => String, {
    nullable: true,
    description:
      "What name and slug hold, in any place: each word of it, case and accents ignored; at most 100 characters.",
  })
  search?: string | null;
}

@InputType({ description: "A room to make." })
class CreateRoomInput {
  @Field(() => String, { description: "Its name; 1-100 characters." })
  name!: string;

  @Field(() => String, {
    nullable: true,
    description: "A unique word for it: 1-64 of a-z, 0-9 and `-`. Made up where it is not given.",
  })
  slug?: string | null;

  @Field(() => String, { nullable: true, description: "What it is about; at most 1,000 characters." })
  description?: string | null;

  @Field(() => RoomVisibility, { nullable: true, description: "Who finds it; PUBLIC where it is not given." })
  visibility?: RoomVisibility | null;

  @Field(() => Int, {
    nullable: true,
    description: "How many people it takes: 2-100,000; 1,000 where it is not given.",
  })
  maxMembers?: number | null;
}

@ObjectType({ description: "The room that was made." })
class CreateRoomPayload {
  @Field(() => Room, { description: "The room; the viewer owns it." })
  room!: Room;
}

@Resolver()
export class RoomResolver {
  @Query(() => Room, {
    nullable: true,
    description: "A room by id or by slug: give one of the two. One that does not exist for the viewer is NOT_FOUND.",
  })
  room(
    @Arg("id", () => ID, { nullable: true, description: "A global id: conv_1." }) id: string | null | undefined,
    @Arg("slug", () => String, { nullable: true, description: "A slug; case is ignored." })
    slug: string | null | undefined,
    @Ctx() ctx: Context,
  ): Promise<Room> {
    return rooms.get(ctx, id == null ? null : rowId("conversation", id, "id"), slug ?? null);
  }

  @Query(() => RoomPage.Connection, { description: "PUBLIC rooms, and PRIVATE ones that the viewer is in, by name." })
  rooms(@Args(() => RoomsArgs) args: RoomsArgs, @Ctx() ctx: Context): Promise<Connection<Room>> {
    return list(ctx, args);
  }

  @Mutation(() => CreateRoomPayload, { description: "Makes a room, which the viewer owns." })
  async createRoom(
    @Arg("input", () => CreateRoomInput, { description: "The room to make." }) input: CreateRoomInput,
    @Ctx() ctx: Context,
  ): Promise<CreateRoomPayload> {
    return { room: await rooms.create(ctx, input) };
  }
}
