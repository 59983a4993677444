"""What stands on a printed strip besides its trace, and what happens to it on the way to a file."""
