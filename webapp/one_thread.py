"""One thread for numpy, said before it is imported: on busy cores more are many times slower.

May import: the standard library. Whoever starts Thaw can set OPENBLAS_NUM_THREADS otherwise.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
