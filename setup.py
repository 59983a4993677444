"""Adds what setup.cfg cannot say: the released model travels inside the package."""

from setuptools import find_packages, setup

setup(
    packages=[*find_packages(include=["ecgmm", "ecgmm.*"]), "ecgmm.saved_models"],
    package_dir={"ecgmm.saved_models": "saved_models"},
)
