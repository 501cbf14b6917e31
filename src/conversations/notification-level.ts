import { registerEnumType } from "type-graphql";

/** Of what a member wants to be notified. */
export enum NotificationLevel {
  ALL = "ALL",
  MENTIONS = "MENTIONS",
  NONE = "NONE",
}
registerEnumType(NotificationLevel, {
  name: "NotificationLevel",
  description: "Of what a member wants to be notified. Of mentions and direct messages there are always notifications.",
  valuesConfig: {
    ALL: { description: "Of every message." },
    MENTIONS: { description: "Of messages that mention the member, and of direct messages." },
    NONE: { description: "Quiet: the same as MENTIONS, and nothing of it is pushed." },
  },
});

/** Members up to whom a conversation is small: who set no level there is notified of every message. */
export const ALL_UP_TO_MEMBERS = 100;

/** The level of who set none: ALL in a small conversation, else MENTIONS. */
export const usualLevel = (memberCount: number): NotificationLevel =>
  memberCount <= ALL_UP_TO_MEMBERS ? NotificationLevel.ALL : NotificationLevel.MENTIONS;
