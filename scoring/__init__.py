"""The rules of the portal: pure, exact, and free of the web.

Nothing here reads a clock, a file or a database, and no number is a float. What a rule
needs – dates, content, scores – is handed in, so that a result can be computed again
years later from its evidence alone. `verify` is the command that does so, and opens the one
file that it is told to.
"""
