"""The command line: the same use cases as the server, over the same data folder."""
