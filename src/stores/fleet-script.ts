/**
 * The step of `core/fleet.ts` as one atomic Redis script. One string key holds the record; its own expiry is the
 * clock: what has passed since the record was written is what is missing from its full time to live. So no clock is
 * read, none can run backwards, and a failover moves none.
 *
 * KEYS[1] the record. ARGV: schema, type, life, quorum, threshold, share, window, trials, lease, the opening times
 * joined by commas, then what the type needs. Answers six whole numbers, which survive every client:
 * life, generation, state (0 closed, 1 open, 2 half-open), wait, trips, granted; or a single -1 for a record of a
 * newer schema, which is left alone.
 */
const body = `
local key, schema, kind = KEYS[1], ARGV[1], ARGV[2]
local ttl = ${48 * 3_600_000}
local quorum, threshold, share = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local window, trials, lease = tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9])
local opening = {}
for ms in string.gmatch(ARGV[10], '%d+') do opening[#opening + 1] = tonumber(ms) end

local life, generation, isopen, openms, trips, successes = tonumber(ARGV[3]), 0, 0, 0, 0, 0
local votes, leases = {}, {}
local stored = redis.call('GET', key)
if stored then
  local version = string.match(stored, '^(%d+)|')
  if version and tonumber(version) > tonumber(schema) then return {-1} end
  local l, g, o, m, t, s, v, e =
    string.match(stored, '^1|(%d+)|(%d+)|([01])|(%-?%d+)|(%d+)|(%d+)|([%d:;]*)|([%d:;]*)$')
  if l then
    local elapsed = ttl - redis.call('PTTL', key)
    if elapsed < 0 or elapsed > ttl then elapsed = 0 end
    life, generation, isopen = tonumber(l), tonumber(g), tonumber(o)
    openms, trips, successes = tonumber(m) - elapsed, tonumber(t), tonumber(s)
    for r, n, f, u, a in string.gmatch(v, '(%d+):(%d+):(%d+):(%d+):(%d+);') do
      votes[#votes + 1] = {tonumber(r), tonumber(n), tonumber(f), tonumber(u), tonumber(a) + elapsed}
    end
    for token, left in string.gmatch(e, '(%d+):(%d+);') do
      if tonumber(left) > elapsed then leases[#leases + 1] = {tonumber(token), tonumber(left) - elapsed} end
    end
  end
end

local changed = false
local function moved(open)
  generation, isopen, successes, votes, leases, changed = generation + 1, open, 0, {}, {}, true
end
local function opened()
  trips = trips + 1
  moved(1)
  openms = opening[math.min(trips, #opening)]
end
local function closed(count)
  moved(0)
  openms, trips = 0, count
end
local function holds(token)
  for i, held in ipairs(leases) do if held[1] == token then return i end end
end

local halfopen = isopen == 1 and openms <= 0
local granted = 0
if kind == 'report' then
  local reporter, sequence = tonumber(ARGV[11]), tonumber(ARGV[12])
  local failures, fine, seen = tonumber(ARGV[13]), tonumber(ARGV[14]), tonumber(ARGV[15])
  if isopen == 0 and (seen < 0 or seen == generation) then
    local mine, others = nil, {}
    for _, vote in ipairs(votes) do
      if vote[5] < window then
        if vote[1] == reporter then mine = vote else others[#others + 1] = vote end
      end
    end
    if not mine or mine[2] < sequence then
      while #others > 15 do table.remove(others, 1) end
      mine = mine or {reporter, 0, 0, 0, 0}
      others[#others + 1] = {reporter, sequence, mine[3] + failures, mine[4] + fine, 0}
      votes, changed = others, true
      local failed, all, voters = 0, 0, 0
      for _, vote in ipairs(votes) do
        failed, all = failed + vote[3], all + vote[3] + vote[4]
        if vote[3] > 0 then voters = voters + 1 end
      end
      if voters >= quorum and failed >= threshold and failed * 100 >= all * share then opened() end
    end
  end
elseif kind == 'lease' then
  local token = tonumber(ARGV[11])
  if holds(token) then granted = 1
  elseif halfopen and #leases + successes < trials then
    leases[#leases + 1] = {token, lease}
    granted, changed = 1, true
  end
elseif kind == 'settle' then
  local held = holds(tonumber(ARGV[11]))
  if halfopen and held and tonumber(ARGV[12]) == generation then
    if ARGV[13] == 'failure' then opened()
    else
      if ARGV[13] == 'success' then successes = successes + 1 end
      table.remove(leases, held)
      changed = true
      if successes >= trials then closed(trips) end
    end
  end
elseif kind == 'open' then opened()
elseif kind == 'close' then closed(0)
elseif kind == 'half-open' then
  opened()
  openms = 0
end

if changed then
  local v, e = {}, {}
  for _, vote in ipairs(votes) do v[#v + 1] = string.format('%.0f:%.0f:%.0f:%.0f:%.0f;', unpack(vote)) end
  for _, held in ipairs(leases) do e[#e + 1] = string.format('%.0f:%.0f;', held[1], held[2]) end
  redis.call('SET', key, string.format('1|%.0f|%.0f|%.0f|%.0f|%.0f|%.0f|%s|%s', life, generation, isopen,
    openms, trips, successes, table.concat(v), table.concat(e)), 'PX', ttl)
end

local state, wait = 0, 0
if isopen == 1 then
  if openms > 0 then state, wait = 1, openms
  else
    state = 2
    for i, held in ipairs(leases) do if i == 1 or held[2] < wait then wait = held[2] end end
  end
end
return {life, generation, state, wait, trips, granted}
`;

/** The script for a Redis of one's own. */
export const plainScript = body;

/** The script for Upstash, which locks the whole database for one that does not name its keys. */
export const upstashScript = `#!lua flags=allow-key-locking\n${body}`;
