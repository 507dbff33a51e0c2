"""What `experiments/benchmark.py` measures, a module each, and how it is written down and drawn."""
