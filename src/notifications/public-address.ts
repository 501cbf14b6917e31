import { lookup, type LookupAddress } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";

/**
 * IPv4 networks that are nobody's on the internet: this host's, private, of carriers, link-local (where clouds keep
 * their secrets), for documentation and tests, multicast, reserved (IANA IPv4 Special-Purpose Address Registry).
 */
const NOT_PUBLIC_IPV4 = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/3",
];
/** Of IPv6 only 2000::/3 is given out; within it Teredo, documentation and 6to4, which may lead to any IPv4 address. */
const NOT_PUBLIC_IPV6 = ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"];

const notPublic = new BlockList();
for (const network of NOT_PUBLIC_IPV4) notPublic.addSubnet(...parts(network), "ipv4");
for (const network of NOT_PUBLIC_IPV6) notPublic.addSubnet(...parts(network), "ipv6");
const givenOut = new BlockList();
givenOut.addSubnet("2000::", 3, "ipv6");

function parts(network: string): [address: string, prefix: number] {
  const [address = "", prefix] = network.split("/");
  return [address, Number(prefix)];
}

/** Whether an IP address is one of the public internet. */
export function isPublicAddress(address: string): boolean {
  const version = isIP(address);
  if (version === 4) return !notPublic.check(address, "ipv4");
  return version === 6 && givenOut.check(address, "ipv6") && !notPublic.check(address, "ipv6");
}

/** A name led to an address that is none of the public internet. */
export class NotPublic extends Error {
  override readonly name = "NotPublic";
}

/**
 * Looks a name up for a connection that is about to be made, and fails where any of its addresses is not public. What
 * was checked is what is connected to: a name that means something else a moment later gains nothing.
 */
export const lookupPublic: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    const [first] = addresses ?? [];
    if (error !== null || first === undefined) {
      callback(error ?? new NotPublic(`${hostname} has no address`), "");
    } else if (addresses.some(({ address }) => !isPublicAddress(address))) {
      callback(new NotPublic(`${hostname} leads to an address that is not public`), "");
    } else if (options.all === true) {
      callback(null, addresses);
    } else {
      callback(null, first.address, first.family);
    }
  });
};
