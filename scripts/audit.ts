// Fails on high and critical vulnerabilities of what a server runs with. A registry that does not answer is no failure.
import { spawnSync } from "node:child_process";

const npm = ["audit", "--omit=dev", "--audit-level=high", "--json", "--fetch-retries=1", "--fetch-timeout=20000"];
const { stdout } = spawnSync("npm", npm, { encoding: "utf8", timeout: 90_000, maxBuffer: 64 * 1024 * 1024 });

interface Report {
  readonly vulnerabilities: Readonly<Record<string, { readonly severity: string; readonly via: readonly unknown[] }>>;
}

const report = reportIn(stdout);
if (report === undefined) {
  console.log("The registry did not answer: nothing is known of vulnerabilities.");
} else {
  const serious = Object.entries(report.vulnerabilities).filter(([, { severity }]) => /high|critical/.test(severity));
  for (const [name, { severity, via }] of serious) console.error(`${name}: ${severity} ${JSON.stringify(via)}`);
  if (serious.length === 0) console.log("No high or critical vulnerability is known.");
  process.exitCode = serious.length === 0 ? 0 : 1;
}

function reportIn(text: string): Report | undefined {
  try {
    const parsed = JSON.parse(text) as Partial<Report>;
    return parsed.vulnerabilities === undefined ? undefined : { vulnerabilities: parsed.vulnerabilities };
  } catch {
    return undefined;
  }
}
