"""Fixtures shared by every folder of tests."""

import os
from pathlib import Path

import pytest

REPO = Path(__file__).parent.parent
CORPUS = REPO.parent / "shared" / "corpus"


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of real feeds and pages; a failure in CI when it is absent."""
    if CORPUS.is_dir():
        return CORPUS
    if os.environ.get("CI"):
        pytest.fail(f"CI must have the corpus at {CORPUS}")
    return pytest.skip("the corpus is not on this machine")
