"""Speed and size, as ratios against peers and limits; products of matrices on one thread, as the server has them."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy is loaded
