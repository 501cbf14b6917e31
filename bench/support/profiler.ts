import { writeFile } from "node:fs/promises";
import { Session } from "node:inspector/promises";

let session: Session | null = null;

/** Begins to take a CPU profile of this process. */
export async function startProfile(): Promise<void> {
  session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.start");
}

/** Writes the profile as Chrome's DevTools read it. */
export async function stopProfile({ file }: { file: string }): Promise<void> {
  if (session === null) throw new Error("No profile is being taken.");
  const { profile } = await session.post("Profiler.stop");
  session.disconnect();
  session = null;
  await writeFile(file, JSON.stringify(profile));
}
