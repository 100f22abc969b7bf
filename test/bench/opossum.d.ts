declare module "opossum" {
  export default class CircuitBreaker {
    constructor(work: () => Promise<unknown>, options: object);
    fire(): Promise<unknown>;
    open(): void;
  }
}
