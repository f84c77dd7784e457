"""``python -m xscan`` is the command ``xscan``."""

from xscan.cli import main

if __name__ == "__main__":
    main()
