"""The web app with a runtime of the tests: `python serve_spikes.py STORE PORT`."""

import sys
from pathlib import Path

import uvicorn
from spike_runtime import open_runtime

from ecgmm.web.app import create_app
from ecgmm.web.settings import Settings

if __name__ == "__main__":
    port = int(sys.argv[2])
    app = create_app(Settings(port=port, store=Path(sys.argv[1])), open_runtime)
    uvicorn.run(app, port=port, log_level="critical")
