-- wrk -s wrk.lua URL -- DIGIT FIELD FILE…: posts the files in turn as forms; counts answers that are none or not DIGIT.
local threads = {}
local requests, turn, wanted = {}, 0, ""
refused, wrong = 0, 0

function setup(thread)
  table.insert(threads, thread)
end

function init(arguments)
  wanted = '"digit": ?' .. arguments[1]
  local boundary = "picture-of-a-digit"
  local headers = { ["Content-Type"] = "multipart/form-data; boundary=" .. boundary }
  for index = 3, #arguments do
    local file = assert(io.open(arguments[index], "rb"))
    local body = "--" .. boundary .. '\r\nContent-Disposition: form-data; name="' .. arguments[2]
      .. '"; filename="digit.png"\r\nContent-Type: image/png\r\n\r\n' .. file:read("*a")
      .. "\r\n--" .. boundary .. "--\r\n"
    table.insert(requests, wrk.format("POST", nil, headers, body))
    file:close()
  end
end

function request()
  turn = turn % #requests + 1
  return requests[turn]
end

function response(status, _, body)
  if status ~= 200 then
    refused = refused + 1
  elseif not body:find(wanted) then
    wrong = wrong + 1
  end
end

function done(summary, latency)
  local none, other = 0, 0
  for _, thread in ipairs(threads) do
    none = none + thread:get("refused")
    other = other + thread:get("wrong")
  end
  local errors = summary.errors
  io.write(string.format(
    '{"answers": %d, "refused": %d, "wrong": %d, "broken": %d, "seconds": %f, "p50": %f, "p90": %f, "p99": %f}\n',
    summary.requests, none, other, errors.connect + errors.read + errors.write + errors.timeout,
    summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(90) / 1e3, latency:percentile(99) / 1e3))
end
