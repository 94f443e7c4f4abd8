-- lua5.4 rule.lua [ROWS] [REPEATS]: the seed's rule, once a row, on rows that are Lua tables already; prints one line of JSON.
-- It leaves out what a host would add (making the table, crossing into Lua): the comparison is in Lua's favour.
local rows = tonumber(arg[1] or 8192)
local repeats = tonumber(arg[2] or math.max(1, 4000000 // rows))

local function rule(row)
  if (row.qyid >> 22) % 2 ~= 0 then return nil end
  return row.schema .. "_" .. (row.qyid >> 22) % 2, row.table .. "_" .. ((row.qyid >> 22) >> 1) % 16
end

local batch = {}
for i = 1, rows do
  local ms = 1700000000000 + (i - 1) * 7919 * 13
  batch[i] = { schema = "fintax_task", table = "task_batch", id = i, qyid = (ms << 22) | ((i % 32) << 12) | (i % 4096), batch_no = "B" .. i,
    tax_period = 202601, status = 1, is_deleted = 0, amount = "1.000000", rate = 0.5, created_at = "2026-01-01 00:00:00", remark = "x" }
end

local kept = 0
local started = os.clock()
for _ = 1, repeats do
  for i = 1, rows do
    if rule(batch[i]) then kept = kept + 1 end
  end
end
local seconds = os.clock() - started
print(string.format('{"peer":"%s","rows":%d,"repeats":%d,"kept":%d,"ns_per_row":%.1f}', _VERSION, rows, repeats, kept // repeats, seconds * 1e9 / (rows * repeats)))
