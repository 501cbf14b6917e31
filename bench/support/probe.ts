// Loaded into a server before its own code (`--import`), so that it can be asked what it costs.
import { cpuSeconds, memory } from "./costs.ts";
import { startProfile, stopProfile } from "./profiler.ts";
import { answerWith } from "./questions.ts";

const handlers = { cpuSeconds, memory, startProfile, stopProfile };
export type Probe = typeof handlers;

answerWith(handlers);
