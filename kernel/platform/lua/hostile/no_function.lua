-- Is no function at all.
-- expects: the file must return a function, not a table
return { routes = {} }
