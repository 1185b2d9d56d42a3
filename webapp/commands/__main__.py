"""`python -m webapp.commands` is `thaw`.

May import: the program.
"""

from webapp.commands import main

if __name__ == "__main__":
    main()
