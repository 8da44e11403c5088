-- wrk script: GET requests for one query. Arguments: a file with one URL path a line (the query is its last parameter),
-- a salt or "" (with one, each request ends in a comment that no other request ever had), an entity tag or "".
local paths, n, suffix = {}, 0, nil

function init(args)
  for path in io.lines(args[1]) do
    paths[#paths + 1] = path
  end
  suffix = args[2] ~= "" and "%0A%23" .. args[2] .. "-" or nil
  wrk.headers["Accept"] = "application/sparql-results+json"
  if args[3] ~= "" then
    wrk.headers["If-None-Match"] = args[3]
  end
end

function request()
  n = n + 1
  local path = paths[n % #paths + 1]
  return wrk.format("GET", suffix and path .. suffix .. n or path)
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    'RESULT {"requests": %d, "seconds": %f, "p50": %f, "p99": %f, "errors": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout
  ))
end
