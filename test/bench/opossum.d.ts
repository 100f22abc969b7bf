declare module "opossum" {
  export default class CircuitBreaker<Args extends unknown[] = unknown[]> {
    constructor(work: (...args: Args) => Promise<unknown>, options?: object);
    fire(...args: Args): Promise<unknown>;
    open(): void;
    shutdown(): void;
  }
}
