"""`python -m ecgmm.bulk`."""

from ecgmm.commands.beam import main

if __name__ == "__main__":
    main()
