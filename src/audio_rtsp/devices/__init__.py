"""Which capture devices there are, under which name, wanted or not."""
