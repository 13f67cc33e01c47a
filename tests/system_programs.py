"""Programs that a test needs and a system package installs: found, or the test is skipped with a sentence.

`make test` never installs system packages. CI installs them first and sets STRICT, so that a skip there is a failure.
"""

import os
import shutil
from collections.abc import Mapping

import pytest

STRICT = "TESTS_SKIP_NOTHING"
"""The environment variable that turns such skips into failures."""


def find_program(*names: str, package: str, env: Mapping[str, str] = os.environ) -> str:
    """Return the path of the first of these programs that is installed.

    Without one, skip the test, or fail it if STRICT is set. `package`: the Debian package that contains the program.
    """
    found = next(filter(None, (shutil.which(name, path=env.get("PATH")) for name in names)), None)
    if found is not None:
        return found
    sentence = f"{names[0]} is not installed; on Debian: apt-get install {package}"
    if env.get(STRICT):
        pytest.fail(sentence)
    pytest.skip(sentence)
