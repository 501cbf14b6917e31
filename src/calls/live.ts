import type { Logger } from "pino";

import type { Config } from "../config.ts";
import { Devices } from "./devices.ts";
import { IceServers } from "./ice.ts";
import { Signalling } from "./signalling.ts";

/** What calls need in this process. */
export const openCalls = (config: Pick<Config, "stunUrls" | "turn">, log: Logger) => ({
  devices: new Devices(log),
  ice: new IceServers(config),
  signalling: new Signalling(),
});
