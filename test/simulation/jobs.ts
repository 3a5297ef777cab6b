/** The requests that wait or are being painted. Each has a number for as long as it does, which is then another one's. */
export class Jobs {
  #person = new Int32Array(1024);
  #cost = new Float64Array(1024);
  #askedAt = new Float64Array(1024);
  #id = new Float64Array(1024);
  readonly #free: number[] = [];
  #used = 0;

  add(id: number, person: number, cost: number, askedAt: number): number {
    const job = this.#free.pop() ?? this.#used++;
    if (job === this.#person.length) this.#grow();
    this.#id[job] = id;
    this.#person[job] = person;
    this.#cost[job] = cost;
    this.#askedAt[job] = askedAt;
    return job;
  }

  remove(job: number): void {
    this.#free.push(job);
  }

  id(job: number): number {
    return this.#id[job] ?? 0;
  }
  person(job: number): number {
    return this.#person[job] ?? 0;
  }
  cost(job: number): number {
    return this.#cost[job] ?? 0;
  }
  askedAt(job: number): number {
    return this.#askedAt[job] ?? 0;
  }

  #grow(): void {
    const length = 2 * this.#person.length;
    const [person, cost, askedAt, id] = [this.#person, this.#cost, this.#askedAt, this.#id];
    (this.#person = new Int32Array(length)).set(person);
    (this.#cost = new Float64Array(length)).set(cost);
    (this.#askedAt = new Float64Array(length)).set(askedAt);
    (this.#id = new Float64Array(length)).set(id);
  }
}
