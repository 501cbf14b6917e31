import { Type } from "typebox";

import { Id } from "../../frame/schemas.ts";

/** The path of what is about one room. */
export const AtRoom = Type.Object({ room_id: Id("房间ID / The room's id.") });

/** What is answered where nothing but that it was done is to be said. */
export const Done = Type.Object({ message: Type.String({ description: "结果 / That it was done." }) });
