import { Type } from "typebox";

/** A moment as this dialect writes it: in UTC, to the second (002…, 响应格式). */
export const Time = (description: string) => Type.String({ description, examples: ["2024-01-01T00:00:00Z"] });
