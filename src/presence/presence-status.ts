import { registerEnumType } from "type-graphql";

/** Whether somebody is here. */
export enum PresenceStatus {
  ONLINE = "ONLINE",
  AWAY = "AWAY",
  OFFLINE = "OFFLINE",
}
registerEnumType(PresenceStatus, {
  name: "PresenceStatus",
  description: "Whether somebody is here.",
  valuesConfig: {
    ONLINE: { description: "Connected by any door, or active over HTTP within the last 30 minutes." },
    AWAY: { description: "Here, and has chosen to be shown as away." },
    OFFLINE: { description: "Not here; or has chosen to be shown so." },
  },
});
