import { connectionType } from "../kernel/pages.ts";
import { User } from "./user.ts";

/** UserConnection and UserEdge. */
export const UserPage = connectionType(User, "User");
