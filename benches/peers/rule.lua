-- lua5.4 rule.lua [ROWS] [REPEATS]: the seed's rule, once a row; prints one line of JSON. `ns_per_row` is of rows that are Lua tables
-- already, `ns_per_row_made` of rows that are handed over as a host hands them over: as a table each, made of the cells of its columns.
-- Decoding the cells and crossing into Lua are left out of both, in Lua's favour.
local rows = tonumber(arg[1] or 8192)
local repeats = tonumber(arg[2] or math.max(1, 4000000 // rows))

local function rule(row)
  if (row.qyid >> 22) % 2 ~= 0 then return nil end
  return row.schema .. "_" .. (row.qyid >> 22) % 2, row.table .. "_" .. ((row.qyid >> 22) >> 1) % 16
end

-- The columns of a batch, as a host has them.
local column = { id = {}, qyid = {}, batch_no = {}, tax_period = {}, status = {}, is_deleted = {}, amount = {}, rate = {}, created_at = {},
  updated_at = {}, remark = {}, kind = {} }
for i = 1, rows do
  local ms = 1700000000000 + (i - 1) * 7919 * 13
  local cells = { id = i, qyid = (ms << 22) | ((i % 32) << 12) | (i % 4096), batch_no = "B" .. i, tax_period = 202601, status = 1, is_deleted = 0,
    amount = "1.000000", rate = 0.5, created_at = "2026-01-01 00:00:00", updated_at = "2026-01-01 00:00:00.000", remark = "x", kind = "month" }
  for name, cell in pairs(cells) do column[name][i] = cell end
end

local function row(i)
  return { schema = "fintax_task", table = "task_batch", id = column.id[i], qyid = column.qyid[i], batch_no = column.batch_no[i],
    tax_period = column.tax_period[i], status = column.status[i], is_deleted = column.is_deleted[i], amount = column.amount[i],
    rate = column.rate[i], created_at = column.created_at[i], updated_at = column.updated_at[i], remark = column.remark[i], kind = column.kind[i] }
end

local batch = {}
for i = 1, rows do batch[i] = row(i) end

local function ns_per_row(one)
  local kept = 0
  local started = os.clock()
  for _ = 1, repeats do
    for i = 1, rows do
      if rule(one(i)) then kept = kept + 1 end
    end
  end
  return (os.clock() - started) * 1e9 / (rows * repeats), kept // repeats
end

local ready, kept = ns_per_row(function(i) return batch[i] end)
local made = ns_per_row(row)
print(string.format('{"peer":"%s","rows":%d,"repeats":%d,"kept":%d,"ns_per_row":%.1f,"ns_per_row_made":%.1f}', _VERSION, rows, repeats, kept, ready, made))
