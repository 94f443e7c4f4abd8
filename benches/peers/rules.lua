-- lua5.4 rules.lua [ROWS] [REPEATS]: the rules of benches/rules/rules.sql, each once a row; prints a line of JSON for each. `ns_per_row` is of rows
-- that are Lua tables already, `ns_per_row_made` of rows that are handed over as a table each, made of the cells of the columns. In Lua's favour:
-- cells are decoded already, DECIMAL is a double, a collation is lower-cased ASCII, a JSON document is searched as text.
local rows = tonumber(arg[1] or 8192)
local repeats = tonumber(arg[2] or math.max(1, 500000 // rows))

local outcomes = { [-1] = "failed", [0] = "open", [1] = "paid" }
local some_regions = { eu = true, us = true, jp = true }

-- Each gives what the target gets: the schema, the table, and what it computes; nil for a row that it does not take.
local rules = {
  { "copied", function(r) return "archive", r.table end },
  { "by_remainder", function(r) return r.schema, r.table .. "_" .. r.id % 16 end },
  { "by_shifted_bits", function(r)
    if (r.qyid >> 22) % 2 ~= 0 then return nil end
    return r.schema .. "_" .. (r.qyid >> 22) % 2, r.table .. "_" .. ((r.qyid >> 22) >> 1) % 16
  end },
  { "by_prefix", function(r) return "shop_" .. r.code:sub(1, 2), r.table end },
  { "by_region", function(r) return "shop_" .. (r.region or "none"), r.table end },
  { "one_region", function(r) if r.region == "eu" then return "archive", r.table end end },
  { "some_regions", function(r) if r.region and some_regions[r.region] then return "archive", r.table end end },
  { "one_name", function(r) if r.name:lower() == "name of 77" then return "archive", r.table end end },
  { "like_prefix", function(r) if r.code:sub(1, 2) == "AB" then return "archive", r.table end end },
  { "lowered", function(r) return "archive", r.table, r.code:lower() end },
  { "labelled", function(r) return "archive", r.table, r.code .. "/" .. r.tenant .. "/" .. r.id end },
  { "first_part", function(r) return "archive", r.table, r.code:match("^[^-]*") end },
  { "replaced", function(r) return "archive", r.table, (r.name:gsub(" ", "_")) end },
  { "with_tax", function(r) return "archive", r.table, r.amount * 1.19 end },
  { "dear", function(r) if r.amount > 600 then return "archive", r.table, math.floor(r.amount * 100 + 0.5) / 100 end end },
  { "by_year", function(r) return "archive", "orders_" .. r.placed:sub(1, 4) end },
  { "by_month", function(r) return "archive", "orders_" .. r.placed:sub(1, 4) .. r.placed:sub(6, 7) end },
  { "since_2023", function(r) if r.placed >= "2023-01-01 00:00:00" then return "archive", r.table end end },
  { "outcome", function(r) return "archive", r.table, outcomes[r.status] or "sent" end },
  { "by_document", function(r) if r.doc:match('"region": "([^"]*)"') == "eu" then return "archive", r.table end end },
}

-- The columns of a batch, as a host has them.
local names = { "id", "qyid", "tenant", "code", "name", "region", "status", "amount", "placed", "due", "doc" }
local column = {}
for _, name in ipairs(names) do column[name] = {} end
local prefixes, regions = { "AB", "CD", "EF", "GH" }, { "eu", "us", "cn" }
for i = 0, rows - 1 do
  local tenant = i * 2654435761 % 2000
  local date = string.format("%d-%02d-%02d", 2020 + i % 6, 1 + i % 12, 1 + i % 28)
  local region = regions[i % 4 + 1]
  local cells = { id = i + 1, qyid = ((1700000000000 + tenant * 7919 * 13) << 22) | (tenant % 4096), tenant = tenant,
    code = string.format("%s-%05d", prefixes[i % 4 + 1], tenant), name = "name of " .. tenant, region = region, status = i % 5 - 1,
    amount = i % 1000 * 1.25, placed = date .. " 12:00:00", due = date,
    doc = string.format('{"n": %d, "region": "%s"}', tenant, region or "") }
  for name, cell in pairs(cells) do column[name][i + 1] = cell end
end

local function row(i)
  return { schema = "shop", table = "orders", id = column.id[i], qyid = column.qyid[i], tenant = column.tenant[i], code = column.code[i],
    name = column.name[i], region = column.region[i], status = column.status[i], amount = column.amount[i], placed = column.placed[i],
    due = column.due[i], doc = column.doc[i] }
end

local batch = {}
for i = 1, rows do batch[i] = row(i) end

local function ns_per_row(rule, one)
  local kept = 0
  local started = os.clock()
  for _ = 1, repeats do
    for i = 1, rows do
      if rule(one(i)) then kept = kept + 1 end
    end
  end
  return (os.clock() - started) * 1e9 / (rows * repeats), kept // repeats
end

for _, named in ipairs(rules) do
  local name, rule = named[1], named[2]
  local ready, kept = ns_per_row(rule, function(i) return batch[i] end)
  local made = ns_per_row(rule, row)
  print(string.format('{"rule":"%s","rows":%d,"kept":%d,"ns_per_row":%.1f,"ns_per_row_made":%.1f}', name, rows, kept, ready, made))
end
