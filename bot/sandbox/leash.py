"""Run a module like `python -m`, and end it with the process that started it: `leash MODULE ARGUMENTS…`.

The starter holds the other end of stdin. However it ends, the pipe closes, on every system.
"""

import os
import runpy
import sys
import threading


def _end_with_the_starter() -> None:
    while os.read(0, 1024):
        pass
    os._exit(1)


if __name__ == "__main__":
    threading.Thread(target=_end_with_the_starter, daemon=True, name="leash").start()
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
