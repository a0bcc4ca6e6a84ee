/** Step Functions matches `ErrorEquals` against the name of a thrown error; the message becomes its cause. */
export class TaskError extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}
