-- ARGV: id. Gives its record; all of it nil if there is none.
return read(ARGV[1])
