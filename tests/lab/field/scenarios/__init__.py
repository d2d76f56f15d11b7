"""One module a topic; each function entered by ``@scenario`` is run by script/lab."""
