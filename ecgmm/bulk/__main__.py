"""`python -m ecgmm.bulk`."""

from ecgmm.bulk.pipeline import main

if __name__ == "__main__":
    main()
