/** A mention is `@` and a user name, at the beginning or after something that cannot be part of one. */
const MENTION = /(?<![\p{L}\p{N}._@-])@([\p{L}\p{N}._-]{3,32})/gu;
/** Names looked up of one message, at the most. */
const MENTIONS_MAXIMUM = 50;

/** The user names that a text mentions, in lower case; null where there are none. A full stop that ends one ends a sentence. */
export function mentionedNames(content: string): string[] | null {
  if (!content.includes("@")) return null;
  const names = new Set<string>();
  for (const [, name = ""] of content.matchAll(MENTION)) {
    names.add(name.toLowerCase());
    const bare = name.replace(/[.-]+$/, "");
    if (bare.length >= 3) names.add(bare.toLowerCase());
    if (names.size >= MENTIONS_MAXIMUM) break;
  }
  return names.size > 0 ? [...names] : null;
}
