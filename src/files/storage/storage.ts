import type { Readable } from "node:stream";

/** What storage is told of an object that it is to keep. */
export interface ObjectFacts {
  readonly size: number;
  readonly mimeType: string;
}

/** Bytes of an object, both ends included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Where the bytes of files lie. An object is written once, whole or not at all, and never changed. */
export interface Storage {
  /** Takes a complete file of the spool over. Once it resolves the object is there to stay; the spool's file may be gone. */
  keep(key: string, path: string, facts: ObjectFacts): Promise<void>;
  /** An object's bytes, or a part of them. @throws {@link ObjectMissing} */
  read(key: string, range?: ByteRange): Promise<Readable>;
  /** Lets go of an object; of one that is not there, too. */
  remove(key: string): Promise<void>;
  close(): void;
}

/** There is no such object, though there should be. */
export class ObjectMissing extends Error {
  override readonly name = "ObjectMissing";
}

/** By which keys storage knows a file and its thumbnail. */
export const objectKey = (token: string): string => `${token.slice(0, 2)}/${token}`;
export const thumbnailKey = (token: string): string => `${objectKey(token)}.webp`;
