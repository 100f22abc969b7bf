import { type ApiItem, publicApi } from "../package/public-api.ts";

interface Group {
  readonly title: string;
  readonly entry: string;
  /** By what they are options of, where that is not the title. */
  readonly interfaces: Readonly<Record<string, string>>;
  readonly text: string;
}

/** Each set of options: where a reader meets it, and the declarations that it is made of. */
export const groups: readonly Group[] = [
  {
    title: "Every wrapper",
    entry: "index",
    interfaces: { CallOptions: "", CircuitOptions: "" },
    text: "For `createProtectedFetch(options)`, `protect(fn, options)`, `withProtego(handler, options)` and the wrappers of `next-protego/next`.",
  },
  {
    title: "How a circuit opens and recovers",
    entry: "index",
    interfaces: { PolicyOptions: "" },
    text: "For every wrapper, and for `circuits.get(name)?.configure(options)` and `circuits.register(name, options)`.",
  },
  {
    title: "createProtectedFetch",
    entry: "index",
    interfaces: { ProtectedFetchOptions: "" },
    text: "In addition to those above.",
  },
  {
    title: "One call: init.protego",
    entry: "index",
    interfaces: { CallOverride: "" },
    text: "`apiFetch(url, { protego: { … } })`.",
  },
  {
    title: "protect",
    entry: "index",
    interfaces: { ProtectOptions: "" },
    text: "In addition to those above.",
  },
  {
    title: "withProtego",
    entry: "index",
    interfaces: { RouteOptions: "" },
    text: "In addition to those above.",
  },
  { title: "circuits.admit", entry: "index", interfaces: { AdmitOptions: "" }, text: "One call by hand." },
  {
    title: "protectAction, withProtegoApi, proxyGuard",
    entry: "next",
    interfaces: { ActionOptions: "protectAction", ApiOptions: "withProtegoApi", GuardedPath: "proxyGuard" },
    text: "Of `next-protego/next`.",
  },
  {
    title: "Opening rules",
    entry: "options",
    interfaces: {
      FailureRateOptions: "failureRate",
      SlowCallsOptions: "slowCalls",
      HungCallsOptions: "hungCalls",
      ShedExcessOptions: "shedExcess",
      WindowOptions: "all",
    },
    text: "`failureRate`, `slowCalls`, `hungCalls`, `shedExcess` of `next-protego/options`. *all* means `failureRate` and `slowCalls`; `hungCalls` has no window, and `shedExcess` has a window of its own.",
  },
  {
    title: "Other imported values",
    entry: "options",
    interfaces: {
      BackoffOptions: "exponentialBackoff",
      TrialsOptions: "trials",
      BodyWatchOptions: "watchBody",
      StaleOptions: "staleIfError",
      RefusalResponseOptions: "refusalResponse",
      QuotaOptions: "quotaPerKey",
    },
    text: "`exponentialBackoff`, `trials`, `watchBody`, `staleIfError`, `refusalResponse`, `quotaPerKey` of `next-protego/options`.",
  },
  {
    title: "Sharing",
    entry: "redis",
    interfaces: { SharingOptions: "", RedisStoreOptions: "" },
    text: "`redisStore(client, options)` and `shareStore(store, options)` of `next-protego/redis` and `next-protego/store`; `upstashStore(options)` takes them too.",
  },
  {
    title: "upstashStore",
    entry: "upstash",
    interfaces: { UpstashStoreOptions: "" },
    text: "Of `next-protego/upstash`.",
  },
  { title: "hintFrom", entry: "store", interfaces: { HintOptions: "" }, text: "Of `next-protego/store`." },
  {
    title: "storeContract",
    entry: "testing",
    interfaces: { StoreContractOptions: "" },
    text: "Of `next-protego/testing`.",
  },
  {
    title: "createDashboard, remember",
    entry: "dashboard",
    interfaces: { DashboardOptions: "createDashboard", RememberOptions: "remember" },
    text: "Of `next-protego/dashboard`.",
  },
  {
    title: "instrumentCircuits",
    entry: "otel",
    interfaces: { InstrumentOptions: "" },
    text: "Of `next-protego/otel`.",
  },
];

/** The page of all options, as their declarations have them. */
export function optionsReference(): string {
  const apis = new Map(
    [...new Set(groups.map(({ entry }) => entry))].map((entry) => [entry, publicApi(entry)]),
  );
  const sections = groups.map(({ title, entry, interfaces, text }) => {
    const rows = Object.entries(interfaces).flatMap(([name, of]) => {
      const declared = apis.get(entry)!.items.find((item) => item.name === name);
      if (!declared) throw new Error(`${entry} exports no ${name}`);
      return declared.members!.map((member) => row(member, of));
    });
    const heading = "| option | type | default | |\n|---|---|---|---|";
    return `## ${title}\n\n${text}\n\n${heading}\n${rows.join("\n")}`;
  });
  return `${head}\n\n${sections.join("\n\n")}\n`;
}

const head = `# All options

\`npm run reference\` makes this page from the declarations, and a test compares them. When to use which option: [rules](rules.md), [sharing](sharing.md).
Every option is optional unless its default says *required*. A bad value throws when the wrapper is made, and the error says what to write.
Some options belong to the circuit, which its wrappers share, others to the wrapper: [whose option is it](rules.md#whose-option-is-it)?`;

function row({ name, docComment, excerptTokens, propertyTypeTokenRange }: ApiItem, of: string): string {
  const comment = (docComment ?? "")
    .replace(/^\/\*\*|\*\/\s*$/g, "")
    .replace(/^\s*\* ?/gm, "")
    .trim();
  const byDefault = /@default(?:Value)?\s+([^\n]+)/.exec(comment)?.[1] ?? "none";
  const text = comment
    .split(/^@\w+/m)[0]!
    .replace(/\{@link (\w+)\}/g, "`$1`")
    .trim()
    .replace(/\s+/g, " ");
  const { startIndex, endIndex } = propertyTypeTokenRange!;
  const type = excerptTokens!
    .slice(startIndex, endIndex)
    .map((token) => token.text)
    .join("")
    .replace(/\s+/g, " ")
    .replace(/ \| undefined$/, "");
  const isRequired = !excerptTokens![0]!.text.includes("?:");
  const cells = [
    of ? `\`${name}\` of ${of}` : `\`${name}\``,
    `\`${type}\``,
    isRequired ? "*required*" : code(byDefault),
    text,
  ];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

/** A value as code; words as they are. */
function code(byDefault: string): string {
  return byDefault !== "none" && /^["\d\w.]+$/.test(byDefault) ? `\`${byDefault}\`` : byDefault;
}
