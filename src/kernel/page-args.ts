import { ArgsType, Field, Int } from "type-graphql";

import { PAGE_DEFAULT, PAGE_MAXIMUM, type PageArguments } from "./pages.ts";

/** The arguments of every list that is walked both ways. */
@ArgsType()
export class PageArgs implements PageArguments {
  @Field(() => Int, {
    nullable: true,
    description: `Items from the front, 1-${PAGE_MAXIMUM}; with neither first nor last a page has ${PAGE_DEFAULT}.`,
  })
  first?: number | null;

  @Field(() => String, { nullable: true, description: "A cursor of this list: only what comes after it." })
  after?: string | null;

  @Field(() => Int, { nullable: true, description: `Items from the end, 1-${PAGE_MAXIMUM}; not together with first.` })
  last?: number | null;

  @Field(() => String, { nullable: true, description: "A cursor of this list: only what comes before it." })
  before?: string | null;
}
