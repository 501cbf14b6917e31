import { Context, type Services } from "../../kernel/context.ts";

/** Thrown where a resolver asks who the viewer is while it works for many of them at once. */
export class ViewerAsked extends Error {
  override readonly name = "ViewerAsked";
}

/**
 * The context in which an event is executed once for everybody who asked the same of it. What depends on the viewer
 * cannot be answered here, and says so: then each viewer's event is executed for itself.
 */
export class SharedContext extends Context {
  constructor(services: Services, log: Context["log"]) {
    super(services, { requestId: "shared", ip: "", userAgent: "" }, log, null);
  }

  override get viewer(): never {
    throw new ViewerAsked();
  }
}
