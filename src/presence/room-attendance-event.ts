/** As the bus carries it: somebody has come to have a room open, or has it open nowhere any more. */
export interface AttendanceNews {
  readonly conversationId: number;
  readonly userId: number;
  readonly isHere: boolean;
}

declare module "../realtime/events.ts" {
  interface ConversationEvents {
    /** Told by the server, and by clients of themselves. */
    attendance: AttendanceNews;
  }
}
