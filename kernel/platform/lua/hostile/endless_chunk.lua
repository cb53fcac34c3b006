-- Loops before it has even returned a policy.
-- expects: stopped after 1000000 instructions
while true do end
