declare module "../kernel/context.ts" {
  interface Services {
    files: Files;
  }
}

/** What this process keeps files with. */
export class Files {
  constructor(readonly publicUrl: string) {}
}
