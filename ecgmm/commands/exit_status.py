"""How a command ends, as the process that started it sees it."""

EXIT_OK = 0
"""Everything was done that was asked for."""
EXIT_INTERNAL_ERROR = 1
"""An error in the program itself."""
EXIT_BAD_INPUT = 2
"""Bad usage, as argparse has it, an unreadable input, or a file that cannot be written."""
EXIT_INTERRUPTED = 130
"""128 + SIGINT, as shells have it."""
EXIT_BROKEN_PIPE = 141
"""128 + SIGPIPE, as shells have it."""
