import { Entity, Enum, PrimaryKey, Property } from "@mikro-orm/decorators/legacy";
import { Field, ID, ObjectType } from "type-graphql";

import { bigint } from "../kernel/columns.ts";
import { globalId } from "../kernel/ids.ts";
import { Node } from "../kernel/node.ts";
import { NotificationType } from "./notification.ts";
import { placeholdersOf } from "./placeholders.ts";

@ObjectType({
  implements: Node,
  description:
    "A text that administrators notify people with. `{{name}}` in it stands for a value given when it is sent.",
})
@Entity({ tableName: "notification_templates" })
export class NotificationTemplate {
  @PrimaryKey({ type: bigint(), autoincrement: true })
  id!: number;

  @Field(() => ID, { name: "id", description: "Global id: template_1." })
  get nodeId(): string {
    return globalId("notificationTemplate", this.id);
  }

  @Field(() => String, { description: "What administrators call it; unique, 1-100 characters." })
  @Property({ type: "text", unique: "notification_templates_name_key" })
  name!: string;

  @Field(() => NotificationType, { description: "The type of what is made of it: SYSTEM or BROADCAST." })
  @Enum({ items: () => NotificationType, type: "text" })
  type!: NotificationType;

  @Field(() => String, { description: "The title; 1-200 characters." })
  @Property({ type: "text" })
  title!: string;

  @Field(() => String, { description: "The text; at most 2,000 characters." })
  @Property({ type: "text" })
  content!: string;

  @Field(() => Date, { description: "When it was made." })
  @Property({ type: "timestamptz", length: 3, defaultRaw: "now()" })
  createdAt: Date = new Date();

  @Field(() => Date, { description: "When it was last changed." })
  @Property({ type: "timestamptz", length: 3, defaultRaw: "now()" })
  updatedAt: Date = new Date();

  @Field(() => [String], { description: "The names of its placeholders, in the order in which they first stand." })
  get placeholders(): string[] {
    return placeholdersOf(`${this.title}\n${this.content}`);
  }
}
