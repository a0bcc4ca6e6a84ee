/** When a copy was received, and when it was handed to Firehose first; milliseconds of the run. */
interface Flight {
  readonly receivedAt: number;
  handedAt?: number;
}

/** Far longer than it takes to note a delivery after it was handed over. */
const noted = 5_000;

const messageIdIn = /"messageId":"([^"]+)"/;

/** Which copies were under way at the same time: of those nobody can know that they are copies. */
export const recordFlights = () => {
  const flights = new Map<string, Flight>();
  return {
    received: (messageId: string, at: number): void => void flights.set(messageId, { receivedAt: at }),
    handed: (line: string, at: number): void => {
      const flight = flights.get(messageIdIn.exec(line)?.[1] ?? "");
      if (flight !== undefined) flight.handedAt ??= at;
    },
    /** Whether each of these copies was received before the one in front of it was noted as delivered. */
    wereTogether: (messageIds: ReadonlyArray<string>): boolean => {
      const own = messageIds
        .flatMap((messageId) => flights.get(messageId) ?? [])
        .toSorted((a, b) => a.receivedAt - b.receivedAt);
      return own.slice(1).every(({ receivedAt }, index) => receivedAt <= (own[index]?.handedAt ?? receivedAt) + noted);
    },
  };
};

export type Flights = ReturnType<typeof recordFlights>;
