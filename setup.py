"""Adds what setup.cfg cannot say: the newest released model travels inside the package.

It does so in both forms: the SavedModel that reads, and the Keras model to look into and to train.
"""

from pathlib import Path

from setuptools import find_packages, setup

MODELS = Path(__file__).parent / "saved_models" / "ecgmm"


def newest_version() -> str:
    """The name of the highest version's folder."""
    versions = [path.name for path in MODELS.iterdir() if path.name.isdigit()]
    return max(versions, key=int)


NEWEST = newest_version()

setup(
    packages=[*find_packages(include=["ecgmm", "ecgmm.*"]), "ecgmm.saved_models"],
    package_dir={"ecgmm.saved_models": "saved_models"},
    package_data={
        "ecgmm": ["py.typed"],
        "ecgmm.analysis": ["second_look.onnx", "strip_rhythm.npz"],
        "ecgmm.measure": ["waves.onnx"],
        "ecgmm.paper.trace": ["trace.onnx"],
        "ecgmm.paper.words": ["print.onnx"],
        "ecgmm.saved_models": [f"ecgmm/{NEWEST}/**/*", f"ecgmm-{NEWEST}.keras"],
        "ecgmm.training": ["configs/*.toml"],
        "ecgmm.web": ["static/**/*"],
    },
)
