import { readFileSync } from "node:fs";

/** A row of endpoints.tsv. */
export interface Endpoint {
  readonly dialect: string;
  readonly method: string;
  readonly path: string;
  /** The documented status of a success. */
  readonly success: number;
  /** What it takes; of a socket the frames of either direction. */
  readonly input: string;
  /** `METHOD path`, by which tests name it. */
  readonly name: string;
}

/** All HTTP endpoints and sockets of the five documents. */
export const ENDPOINTS: readonly Endpoint[] = readFileSync(new URL("../endpoints.tsv", import.meta.url), "utf8")
  .trimEnd()
  .split("\n")
  .slice(1)
  .map((row) => {
    const [dialect = "", , method = "", path = "", success, input = ""] = row.split("\t");
    return { dialect, method, path, success: Number(success), input, name: `${method} ${path}` };
  });

/** The types of frames that a socket's row says are sent by the server. */
export const framesSent = ({ input }: Endpoint): string[] => (/out: (.*)$/.exec(input)?.[1] ?? "").split(", ");
