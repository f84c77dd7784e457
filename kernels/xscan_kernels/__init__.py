"""Voxel kernels: loops over arrays that know nothing of parcels."""
