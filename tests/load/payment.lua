-- wrk's script for the payments benchmark: each request is a new payment under a new idempotency key.
-- Run by tests/load/bench.
local thread_number = 0
function setup(thread)
  thread_number = thread_number + 1
  thread:set("number", thread_number)
end

local sent = 0
local run = tostring(os.time())
function request()
  sent = sent + 1
  return wrk.format("POST", "/api/v1/payments", {
    ["Authorization"] = "Bearer sk_test_load_lab",
    ["Content-Type"] = "application/json",
    ["Idempotency-Key"] = "bench-" .. run .. "-" .. number .. "-" .. sent,
  }, '{"amount":1250,"currency":"EUR","payment_method":{"type":"card","card":' ..
     '{"number":"4242424242424242","exp_month":12,"exp_year":2034,"cvc":"123"}}}')
end

function done(summary, latency, requests)
  local errors = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.status + summary.errors.timeout
  io.write(string.format("RESULT %.0f %.2f %.2f %d\n", summary.requests / summary.duration * 1e6,
           latency:percentile(50) / 1000, latency:percentile(99) / 1000, errors))
end
