/** What a capability answers when its service cannot be reached; whether the call took effect is not known. */
export interface Unavailable<Tag extends string> {
  readonly _tag: Tag;
  /** For people, in logs; never a payload. */
  readonly reason: string;
}
