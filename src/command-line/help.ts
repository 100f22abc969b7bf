export const help = `next-protego: circuits that a fleet shares, seen and steered from a terminal.

  next-protego status [--exit-code]      every shared circuit, what is broken first
  next-protego watch [--every 2s]        the same again and again, until Ctrl-C
  next-protego open <name…> [--for 60s]  refuses calls for so long, then trials decide
  next-protego open <name…> --hold       refuses every call until somebody releases it
  next-protego close <name…> [--for 10m] lets every call through; for so long however many fail
  next-protego close <name…> --hold      the same until somebody releases it
  next-protego try <name…>               lets trials through now; ends a hold
  next-protego reset <name…>             closes, and forgets votes and openings in a row; ends a hold

Instead of names --all: every circuit of which the store has a record.

The store:
  --redis <url>                          redis://user:password@host:6379/0, rediss:// for TLS, or REDIS_URL
  --upstash <url> --token <token>        or UPSTASH_REDIS_REST_URL and UPSTASH_REDIS_REST_TOKEN
  --prefix <prefix>                      as the app's store has it; "protego" when not given

More:
  --by <author> --why <reason>           written down with the command; the author is $USER when not given
  --json                                 one JSON value, or one a line while watching
  --help, --version

Exit codes: 0 done, 1 the store did not answer, or --all may have missed some, 2 not understood, 3 with --exit-code: a circuit is open.
`;
