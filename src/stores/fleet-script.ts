import {
  badWindows,
  calmWindows,
  enoughSamples,
  longestLeaseMs,
  mostLeases,
  mostVotes,
  oneOfJoining,
  recordLifeMs,
} from "../core/fleet-record.ts";

/**
 * The step of `core/fleet.ts` as one atomic Redis script. One string key holds the record; its own expiry is the
 * clock: what has passed since the record was written is what is missing from its full time to live. So no clock is
 * read, and none can run backwards. A record that is held by a command has no expiry, and no clock.
 *
 * KEYS[1] the record. ARGV: schema, type, life, quorum, threshold, share, window, longest; of trials how many close,
 * how many run at once, how many may fail, one in how long, the longest stay; the opening times joined by commas, then
 * what the type needs. Answers seven whole numbers, which survive every client:
 * life, generation, state (0 closed, 1 open, 2 half-open), wait, trips, and flags added up (1 granted, 2 suspect,
 * 4 forced, 8 the record was unreadable or out of bounds and has been repaired), how long closed after an opening
 * (-1: not); or a single -1 for a record of a newer schema, which is left alone.
 */
const step = (told = ""): string => `
local key, schema, kind = KEYS[1], ARGV[1], ARGV[2]
local ttl, mostvotes, mostleases, toobig = ${recordLifeMs}, ${mostVotes}, ${mostLeases}, 2 ^ 53
local quorum, threshold, share = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local window, longest, trials, most = tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9]), tonumber(ARGV[10])
local tolerated, every, stay = tonumber(ARGV[11]), tonumber(ARGV[12]), tonumber(ARGV[13])
local longestlease = math.max(longest, ${longestLeaseMs})
local opening = {}
for ms in string.gmatch(ARGV[14], '%d+') do opening[#opening + 1] = tonumber(ms) end

local life, generation, isopen, forced, rest, trips = tonumber(ARGV[3]), 0, 0, 0, 0, 0
local successes, failures, first, last = 0, 0, -1, 0
local votes, leases = {}, {}
local changed, repaired = false, false

local function read(stored)
  if type(stored) ~= 'string' or #stored > 8192 then return false end
  local l, g, o, m, t, tried, v, e =
    string.match(stored, '^[12]|(%d+)|(%d+)|([0-3])|(%-?%d+)|(%d+)|([%d:%-]+)|([%d:;]*)|([%d:;]*)$')
  if not l then return false end
  local s, f, a, b = string.match(tried, '^(%d+):(%d+):(%-?%d+):(%-?%d+)$')
  if not s then s, f, a, b = string.match(tried, '^%d+$'), '0', '-1', '0' end
  if not s then return false end
  for _, n in ipairs({l, g, t, s, f, a, b}) do if tonumber(n) >= toobig then return false end end
  life, generation, isopen, forced = tonumber(l), tonumber(g), tonumber(o) % 2, tonumber(o) >= 2 and 1 or 0
  local left, mostlease = redis.call('PTTL', key), longestlease
  local elapsed = ttl - left
  if forced == 1 then elapsed, changed, mostlease = 0, left >= 0, toobig
  elseif elapsed < 0 or elapsed > ttl then elapsed, changed, repaired = 0, true, true end
  rest, trips, successes, failures = tonumber(m) - elapsed, tonumber(t), tonumber(s), tonumber(f)
  first, last = tonumber(a), tonumber(b)
  if first >= 0 then first, last = first + elapsed, last + elapsed end
  local bound = isopen == 1 and longest or ttl
  if forced == 0 and rest > bound then rest, changed, repaired = bound, true, true end
  for r, n, run, age in string.gmatch(v, '(%d+):(%d+):(%d+):(%d+);') do
    votes[#votes + 1] = {tonumber(r), tonumber(n), tonumber(run), tonumber(age) + elapsed}
  end
  for token, held in string.gmatch(e, '(%d+):(%d+);') do
    held = math.min(tonumber(held), mostlease) - elapsed
    if held > 0 then leases[#leases + 1] = {tonumber(token), held} end
  end
  return true
end

local stored = redis.pcall('GET', key)
if stored then
  local version = type(stored) == 'string' and string.match(stored, '^(%d+)|')
  if version and #version < 9 and tonumber(version) > tonumber(schema) then return {-1} end
  if not read(stored) then changed, repaired = true, true end
end

local begin = generation
local function moved()
  generation, isopen, forced, rest, trips = generation + 1, 0, 0, 0, 0
  successes, failures, first, last = 0, 0, -1, 0
  votes, changed = {}, true
end
local function openingof(count)
  return opening[math.max(math.min(count, #opening), 1)]
end
local function opened(count)
  moved()
  isopen, trips, rest = 1, count, openingof(count)
end
local function recovered()
  local before = trips
  moved()
  trips = before
end
local function kept(vote)
  return vote[4] < window * (vote[3] > 1 and ${badWindows} or 1)
end
local function holds(token)
  for i, held in ipairs(leases) do if held[1] == token then return i end end
end
local function carried()
  local good, earlier, fresh, faded, failures, older = 0, 0, 0, 0, 0, 0
  for _, vote in ipairs(votes) do
    local run, recent = vote[3], vote[4] < window
    if run == 0 and recent then good = good + 1 elseif run == 0 then earlier = earlier + 1 end
    if run > 1 and recent then fresh, failures = fresh + 1, failures + run end
    if run > 1 and not recent then faded, older = faded + 1, older + run end
  end
  local function enough(bad, sum, more)
    return sum >= threshold and bad >= quorum + more and bad * 100 >= (bad + good) * share
  end
  return enough(fresh, failures, math.min(good, quorum) + math.min(earlier, quorum))
    or enough(fresh + faded, failures + older, 1 + good + earlier)
end

local function pause()
  return first < 0 and 0 or math.max(every - last, 0)
end

local halfopen = isopen == 1 and forced == 0 and rest <= 0
if halfopen and stay > 0 and first >= stay then
  local since = first - stay
  opened(trips)
  rest = rest - since
  halfopen = rest <= 0
end
local granted = 0
if kind == 'report' then
  local reporter, sequence = tonumber(ARGV[15]), tonumber(ARGV[16])
  local run, seen = tonumber(ARGV[17]), tonumber(ARGV[18])
  if isopen == 0 and forced == 0 and rest <= 0 and (seen < 0 or seen == generation) then
    local mine, others = nil, {}
    for _, vote in ipairs(votes) do
      if kept(vote) or (vote[3] == 0 and vote[4] < window * ${calmWindows}) then
        if vote[1] == reporter then mine = vote else others[#others + 1] = vote end
      end
    end
    if not mine or mine[2] < sequence then
      while #others >= mostvotes do
        local alarm, faded
        for i, vote in ipairs(others) do
          if vote[3] == 1 then alarm = alarm or i end
          if vote[3] > 1 and vote[4] >= window then faded = faded or i end
        end
        table.remove(others, alarm or faded or 1)
      end
      others[#others + 1] = {reporter, sequence, run, ARGV[19] == '1' and window or 0}
      votes, changed = others, true
      if carried() then
        opened((trips > 0 and -rest <= openingof(trips)) and trips + 1 or 1)
      end
    end
  end
elseif kind == 'lease' then
  local token, alone = tonumber(ARGV[15]), ARGV[16] == '1'
  local lease, ahead = math.min(tonumber(ARGV[17]), longestlease), math.max(tonumber(ARGV[18]), 0)
  local due = isopen == 1 and forced == 0 and rest <= ahead
  if due and successes >= trials then recovered()
  elseif due or (isopen == 0 and forced == 0 and rest <= 0 and alone) then
    local held = holds(token)
    if held then lease = math.max(table.remove(leases, held)[2], lease) end
    local isfull = #leases >= math.min(most, mostleases) or #leases + successes >= trials
    if held or not (isfull or pause() > 0) then
      leases[#leases + 1] = {token, lease}
      granted, changed = 1, true
      if not held then first, last = math.max(first, 0), 0 end
    end
  end
elseif kind == 'settle' then
  local held = holds(tonumber(ARGV[15]))
  if held then
    table.remove(leases, held)
    changed = true
    if halfopen and tonumber(ARGV[16]) == generation then
      if ARGV[17] == 'failure' then failures = failures + 1 end
      if ARGV[17] == 'success' then successes = successes + 1 end
      if ARGV[17] == 'failure' and failures > tolerated then opened(trips + 1)
      elseif successes >= trials then recovered() end
    end
  end
elseif kind ~= 'read' and (tonumber(ARGV[15]) < 0 or tonumber(ARGV[15]) == generation) then
  local before = math.max(trips, 1)
  granted = 1
  if kind == 'open' then
    opened(1)
    if ARGV[16] == '1' then forced, rest = 1, 0 end
  else
    moved()
    if kind == 'half-open' then isopen, trips = 1, before
    elseif tonumber(ARGV[17]) >= 0 then rest = math.min(tonumber(ARGV[17]), ttl)
    elseif ARGV[16] == '1' then forced = 1 end
  end
end

if changed then
  local v, e = {}, {}
  for _, vote in ipairs(votes) do v[#v + 1] = string.format('%.0f:%.0f:%.0f:%.0f;', unpack(vote)) end
  for _, held in ipairs(leases) do e[#e + 1] = string.format('%.0f:%.0f;', held[1], held[2]) end
  local value = string.format('2|%.0f|%.0f|%.0f|%.0f|%.0f|%.0f:%.0f:%.0f:%.0f|%s|%s', life, generation,
    isopen + 2 * forced, rest, trips, successes, failures, first, last, table.concat(v), table.concat(e))
  if forced == 1 then redis.call('SET', key, value) else redis.call('SET', key, value, 'PX', ttl) end
end

local state, wait, flags = 0, 0, granted + 4 * forced
if repaired then flags = flags + 8 end
if isopen == 1 then
  if forced == 1 then state, wait = 1, ttl
  elseif rest > 0 then state, wait = 1, rest
  else
    state = 2
    for i, held in ipairs(leases) do if i == 1 or held[2] < wait then wait = held[2] end end
    wait = math.max(wait, pause())
  end
else
  if forced == 0 and rest > 0 then wait, flags = rest, flags + 4 end
  local fresh, samples, bad = 0, 0, 0
  for _, vote in ipairs(votes) do
    if kept(vote) then
      fresh = fresh + 1
      if vote[3] > 1 and kind == 'report' and vote[1] ~= tonumber(ARGV[15]) then bad = bad + 1 end
    end
    if vote[3] ~= 1 and vote[4] < window / 10 then samples = samples + 1 end
  end
  local asked = samples < ${enoughSamples} or tonumber(ARGV[3]) % ${oneOfJoining} == 0
  local suspect = asked and fresh > 0
  if kind == 'report' then suspect = bad > 0 end
  if suspect then flags = flags + 2 end
end
if not stored and not changed then life = 0 end
local since = isopen == 0 and trips > 0 and math.max(-rest, 0) or -1
${told}return {life, generation, state, wait, trips, flags, since}
`;

/** The script for a Redis of one's own. */
export const plainScript = step();

/**
 * The same, and a new generation is published as well: the key and the answer, joined by bars, to a channel that bears the
 * name of the prefix. Who may not publish still has the step.
 */
export const pushingScript = step(`if generation ~= begin then
  local answer = {key, life, generation, state, wait, trips, flags - granted, since}
  for i = 2, #answer do answer[i] = string.format('%.0f', answer[i]) end
  redis.pcall('PUBLISH', string.match(key, '^(.*):{') .. '-changes', table.concat(answer, '|'))
end
`);

/** The script for Upstash, which locks the whole database for one that does not name its keys. */
export const upstashScript = `#!lua flags=allow-key-locking\n${step()}`;
