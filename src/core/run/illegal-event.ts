/** An event that the transition table refuses. Always a bug of whoever produced it. */
export class IllegalEvent extends Error {
  constructor(type: string, why: string) {
    super(`${type} is not legal here: ${why}.`);
    this.name = "IllegalEvent";
  }
}
