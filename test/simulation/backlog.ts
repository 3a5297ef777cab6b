/** Of a stretch of time: how evenly those were served who had something waiting throughout. */
export interface Evenness {
  /** How many people that were. */
  readonly people: number;
  /**
   * Jain's index of what was painted for each (Jain, Chiu and Hawe, "A Quantitative Measure of Fairness and Discrimination for
   * Resource Allocation in Shared Computer Systems", 1984): 1 if it was the same for all, 1/n if one had it all.
   */
  readonly jain: number;
}

/** Fewer people tell nothing, */
const ENOUGH = 10;
/** and as little as if each had got fewer pictures than so: whom the last one went to is luck. */
const PICTURES = 5;

/** Watches who has something waiting, and what they get. */
export class Backlog {
  readonly found: Evenness[] = [];
  readonly #waiting: Int32Array;
  /** Since when a person has had something waiting. */
  readonly #since: Float64Array;
  readonly #served: Float64Array;
  #begin = 0;
  #end: number;

  /** @param windowSeconds the shortest stretch that is judged; it goes on for as long as too little was painted in it */
  constructor(
    people: number,
    private readonly windowSeconds: number,
    private readonly meanCost: number,
  ) {
    this.#end = windowSeconds;
    this.#waiting = new Int32Array(people);
    this.#since = new Float64Array(people);
    this.#served = new Float64Array(people);
  }

  /** Tells what time it is, before whatever happens then. */
  at(now: number): void {
    while (now >= this.#end) this.#close();
  }

  asked(person: number, now: number): void {
    if (this.#waiting[person] === 0) this.#since[person] = now;
    this.#waiting[person] = (this.#waiting[person] ?? 0) + 1;
  }

  /** Something of theirs is taken up, that costs so much. */
  served(person: number, cost: number): void {
    this.#waiting[person] = (this.#waiting[person] ?? 0) - 1;
    this.#served[person] = (this.#served[person] ?? 0) + cost;
  }

  #close(): void {
    let [people, sum, squares] = [0, 0, 0];
    for (const [person, waiting] of this.#waiting.entries()) {
      if (waiting === 0 || (this.#since[person] ?? 0) > this.#begin) continue;
      const served = this.#served[person] ?? 0;
      people += 1;
      sum += served;
      squares += served * served;
    }
    const isOver = people < ENOUGH || sum >= people * PICTURES * this.meanCost;
    if (isOver) {
      if (people >= ENOUGH) this.found.push({ people, jain: (sum * sum) / (people * squares) });
      this.#served.fill(0);
      this.#begin = this.#end;
    }
    this.#end += this.windowSeconds;
  }
}
