-- Does not parse.
-- expects: bad_syntax.lua:4:
return function(
end
