/** What a page shows in `<output>` elements, as it came over HTTP. */
export function outputs(html: string): string[] {
  return [...html.matchAll(/<output>(.*?)<\/output>/gs)].map(([, text]) =>
    text!.replaceAll("<!-- -->", "").replaceAll("&quot;", '"').replaceAll("&#x27;", "'"),
  );
}

/** What a page shows in its `<main>`. */
export function main(html: string): string {
  return /<main>(.*?)<\/main>/s.exec(html)?.[1]?.replaceAll("<!-- -->", "") ?? `no main in ${html}`;
}
