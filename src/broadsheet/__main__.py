"""`python -m broadsheet`."""

import sys

if __name__ == "__main__":
    from broadsheet.cli import main  # not for worker processes, which import this file as well

    sys.exit(main())
