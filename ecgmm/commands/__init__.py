"""The subcommands of `ecgmm`, a file each: `add_parser(subparsers)` and `run(args)`."""
