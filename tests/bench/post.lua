-- Posts request.xml with a MessageId of its own in each request, and looks at every answer.
-- Arguments: the request's file; a tag, distinct for each run on one database; "scattered" or
-- "growing", the order in which keys come.

local scatter = 2654435761 -- Odd, hence no two counts below 2^32 give the same product modulo 2^32.
local parts, count = {}, 0
answered, wrong = 0, 0

local threads = {}
function setup(thread)
    thread:set("thread_number", #threads)
    table.insert(threads, thread)
end

function init(args)
    local file = assert(io.open(args[1], "rb"))
    local message = file:read("*a")
    file:close()
    run = string.format("%s%02d", args[2], thread_number)
    is_scattered = args[3] == "scattered"
    message = message:gsub("@MESSAGE_ID@", "@I@"):gsub("@NUMBER@", "@N@")
    local length = #message - 3 + 36
    for _ in message:gmatch("@N@") do length = length - 3 + 10 end
    wrk.headers["Content-Type"] = "text/xml; charset=utf-8"
    wrk.headers["SOAPAction"] = '"http://ws.southernco.com/CustSvc-iHub/CreateCallLog"'
    local head = wrk.format("POST", nil, nil, string.rep("x", length)):sub(1, -length - 1)
    local at = 1
    local text = head .. message
    for before, mark, after in text:gmatch("()@([IN])@()") do
        table.insert(parts, text:sub(at, before - 1))
        table.insert(parts, mark)
        at = after
    end
    table.insert(parts, text:sub(at))
end

function request()
    count = count + 1
    local scattered = is_scattered and count * scatter % 4294967296 or 0
    local id = string.format("%08x-%-18s-%08x", scattered, run, count):gsub(" ", "0")
    local number = string.format("%010d", scattered)
    local filled = {}
    for i, part in ipairs(parts) do
        filled[i] = part == "I" and id or part == "N" and number or part
    end
    return table.concat(filled)
end

function response(status, headers, body)
    answered = answered + 1
    if status ~= 200 or not body:find("<ResponseCode>0</ResponseCode>", 1, true) then
        wrong = wrong + 1
    end
end

function done(summary, latency)
    local all, bad = 0, 0
    for _, thread in ipairs(threads) do
        all = all + thread:get("answered")
        bad = bad + thread:get("wrong")
    end
    local errors = summary.errors
    bad = bad + errors.connect + errors.read + errors.write + errors.timeout
    io.write(string.format(
        'RESULT {"seconds": %.6f, "answered": %d, "wrong": %d, "p50_ms": %.4f, "p99_ms": %.4f}\n',
        summary.duration / 1e6, all, bad, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
