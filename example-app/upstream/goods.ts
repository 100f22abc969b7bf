export interface Good {
  readonly name: string;
  readonly price: number;
}

export const goods: readonly Good[] = [
  { name: "Teapot", price: 32 },
  { name: "Lantern", price: 18.5 },
  { name: "Wool blanket", price: 74 },
];
