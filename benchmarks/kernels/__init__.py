"""Kernels against every peer that does the same, interleaved in one run: ``python -m benchmarks.kernels``."""
