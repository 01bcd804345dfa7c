-- asked: id. Gives its record; all of it nil if there is none.
return read(asked.id)
