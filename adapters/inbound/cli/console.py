"""Where the command line writes: results to standard output, all else to standard error."""

from rich.console import Console

# Piped, rich drops colours by itself; soft_wrap keeps a line of output one line.
out = Console(soft_wrap=True, highlight=False)
err = Console(stderr=True, soft_wrap=True, highlight=False)
