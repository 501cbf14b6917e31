const NUMBER = /^[1-9]\d{0,15}$/;

/** The number that a part of a path is, in the one way in which it is written; 0, the id of nothing, where it is none. */
export const idIn = (part: string): number => (NUMBER.test(part) ? Number(part) : 0);
