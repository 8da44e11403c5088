"""Install the engines that the tests run and that are not there yet: `tests/support/stores/install.py [NAME ...]`.

They are kept in $LODECLAIM_STORES, or in ~/.cache/lodeclaim/stores. Ends with 1 where one could not be installed.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from support.stores.engines import ENGINES
from support.stores.store import StoreError


def main(names: list[str]) -> int:
    failed = 0
    for name in names or ENGINES:
        engine, start = ENGINES[name], time.monotonic()
        if engine.missing() is None:
            continue
        try:
            engine.install()
        except StoreError as error:
            failed = 1
            print(f"{engine.name}: not installed: {error}", file=sys.stderr)
        else:
            print(f"{engine.name} {engine.version}: installed in {time.monotonic() - start:.0f} s")
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
