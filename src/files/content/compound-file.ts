import type { FileHandle } from "node:fs/promises";

/** Bytes of the header, and of an entry of the directory ([MS-CFB] 2.2, 2.6). */
const HEADER_BYTES = 512;
const ENTRY_BYTES = 128;
/** Sectors of the directory that are read: what tells the document stands in the first ones. */
const SECTORS_READ = 64;
/** Sectors of the allocation table that the header names ([MS-CFB] 2.5); more are for files of more than 6 MB. */
const HEADER_DIFAT_ENTRIES = 109;
const LAST_SECTOR = 0xfffffffa;

/**
 * The names of the streams in a compound file ([MS-CFB]): the container of old Word and Excel documents, and of much
 * else. What is broken in it has no names.
 */
export async function streamNames(file: FileHandle): Promise<Set<string>> {
  const names = new Set<string>();
  const header = await bytesAt(file, 0, HEADER_BYTES);
  if (header === null) return names;
  const sectorBytes = 1 << header.readUInt16LE(30);
  if (sectorBytes !== 512 && sectorBytes !== 4096) return names;
  let sector = header.readUInt32LE(48);
  for (let read = 0; read < SECTORS_READ && sector < LAST_SECTOR; read += 1) {
    const entries = await bytesAt(file, (sector + 1) * sectorBytes, sectorBytes);
    if (entries === null) return names;
    for (let at = 0; at < sectorBytes; at += ENTRY_BYTES) {
      // Length of the name in bytes with its end, at most 64; type 2 is a stream.
      const length = entries.readUInt16LE(at + 64);
      if (entries[at + 66] === 2 && length >= 2 && length <= 64) {
        names.add(entries.toString("utf16le", at, at + length - 2));
      }
    }
    sector = await sectorAfter(file, header, sectorBytes, sector);
  }
  return names;
}

/** The next sector of a chain, by the allocation table. */
async function sectorAfter(file: FileHandle, header: Buffer, sectorBytes: number, sector: number): Promise<number> {
  const perTable = sectorBytes / 4;
  const table = Math.floor(sector / perTable);
  if (table >= HEADER_DIFAT_ENTRIES) return LAST_SECTOR;
  const tableSector = header.readUInt32LE(76 + 4 * table);
  if (tableSector >= LAST_SECTOR) return LAST_SECTOR;
  const entry = await bytesAt(file, (tableSector + 1) * sectorBytes + 4 * (sector % perTable), 4);
  return entry === null ? LAST_SECTOR : entry.readUInt32LE(0);
}

async function bytesAt(file: FileHandle, position: number, length: number): Promise<Buffer | null> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return bytesRead === length ? buffer : null;
}
