import { Field, ObjectType } from "type-graphql";

@ObjectType({ description: "A STUN or TURN server, as RTCPeerConnection takes it (WebRTC, RTCIceServer)." })
export class IceServer {
  @Field(() => [String], { description: "Its addresses: stun:, stuns:, turn: or turns: (RFC 7064, RFC 7065)." })
  readonly urls!: readonly string[];

  @Field(() => String, { nullable: true, description: "Of a TURN server: the name that holds until `expiresAt`." })
  readonly username!: string | null;

  @Field(() => String, { nullable: true, description: "Of a TURN server: the password to it." })
  readonly credential!: string | null;

  @Field(() => Date, { nullable: true, description: "Of a TURN server: until when they hold. Ask again before then." })
  readonly expiresAt!: Date | null;
}
