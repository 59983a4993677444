"""`python -m ecgmm` is the console script `ecgmm`."""

import sys

from ecgmm.cli import main

sys.exit(main())
