// A process that reads pages over one connection, one after the other.
import { answerWith } from "../support/questions.ts";
import { mustBeGood } from "./dialogue.ts";
import { HttpClient } from "./http-client.ts";

/** Asks for the pages in turn, `times` each. @returns the milliseconds of each answer, a list for each page */
async function read(input: {
  url: string;
  token: string;
  pages: readonly string[];
  times: number;
}): Promise<number[][]> {
  const client = new HttpClient(new URL(input.url), input.token);
  const taken: number[][] = input.pages.map(() => []);
  for (let time = 0; time < input.times; time += 1) {
    for (const [index, page] of input.pages.entries()) {
      const begin = performance.now();
      const answer = await client.post(page);
      taken[index]?.push(performance.now() - begin);
      mustBeGood(answer, 0, answer.length);
    }
  }
  client.close();
  return taken;
}

const handlers = { read };
export type Pages = typeof handlers;

answerWith(handlers);
