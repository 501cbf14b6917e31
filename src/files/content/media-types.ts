/** A kind of content that is taken. */
export interface MediaType {
  readonly mimeType: string;
  /** Extensions that fit it; a name with another one gets the first. */
  readonly extensions: readonly [string, ...string[]];
}

const type = (mimeType: string, ...extensions: [string, ...string[]]): MediaType => ({ mimeType, extensions });

const OFFICE = "application/vnd.openxmlformats-officedocument";

/** Old Word and Excel documents, which share one container. */
export const DOC = type("application/msword", "doc");
export const XLS = type("application/vnd.ms-excel", "xls");
export const TXT = type("text/plain", "txt");
const OGG = type("audio/ogg", "ogg", "oga", "opus");
const M4A = type("audio/mp4", "m4a", "mp4");
const WEBM_SOUND = type("audio/webm", "webm", "weba");

/** What is taken, by what the package file-type calls it. */
export const TAKEN: ReadonlyMap<string, MediaType> = new Map([
  ["image/jpeg", type("image/jpeg", "jpg", "jpeg")],
  ["image/png", type("image/png", "png")],
  ["image/gif", type("image/gif", "gif")],
  ["image/webp", type("image/webp", "webp")],
  ["application/pdf", type("application/pdf", "pdf")],
  [`${OFFICE}.wordprocessingml.document`, type(`${OFFICE}.wordprocessingml.document`, "docx")],
  [`${OFFICE}.spreadsheetml.sheet`, type(`${OFFICE}.spreadsheetml.sheet`, "xlsx")],
  ["audio/mpeg", type("audio/mpeg", "mp3")],
  ["audio/x-m4a", M4A],
  ["audio/mp4", M4A],
  ["audio/ogg", OGG],
  ["audio/ogg; codecs=opus", OGG],
  ["video/ogg", type("video/ogg", "ogv", "ogg")],
  ["audio/wav", type("audio/wav", "wav")],
  ["video/mp4", type("video/mp4", "mp4", "m4v")],
  ["video/webm", type("video/webm", "webm")],
]);

/**
 * Containers that hold a film or a sound alone, as browsers record voice messages: which of the two it is, the one who
 * sends it says. Either way it is played, never executed.
 */
export const SOUND_OF: ReadonlyMap<string, MediaType> = new Map([
  ["video/mp4", M4A],
  ["video/webm", WEBM_SOUND],
]);

/** Kinds of files that are taken somewhere, of those that the server takes. */
export interface Kinds {
  /** As people are told of them. */
  readonly inWords: string;
  /** Whether a media type is one of them. */
  takes(mimeType: string): boolean;
}

export const EVERY_KIND: Kinds = {
  inWords: "JPEG, PNG, GIF, WebP, PDF, TXT, DOC, DOCX, XLS, XLSX, MP3, M4A, OGG, WAV, MP4 and WebM",
  takes: () => true,
};
/** Neither sounds nor films. */
export const IMAGES_AND_DOCUMENTS: Kinds = {
  inWords: "JPEG, PNG, GIF, WebP, PDF, TXT, DOC, DOCX, XLS and XLSX",
  takes: (mimeType) => !/^(?:audio|video)\//.test(mimeType),
};
export const IMAGES: Kinds = {
  inWords: "JPEG, PNG, GIF and WebP",
  takes: (mimeType) => mimeType.startsWith("image/"),
};
