/** A page's words, and the test that holds them: its file, and its title or a part of it. */
export type Claim = readonly [sentence: string, testFile: string, title: string];
