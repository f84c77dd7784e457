"""The units a stored number can have."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Unit"]


class Unit(StrEnum):
    """Unit of a volume's values; the spelling is that of the xscan HDF5 form."""

    LAC = "1/cm"
    HU = "HU"
    MHU = "MHU"  # air 0, water 1000 (DICOS)
    DENSITY = "g/cm3"
    RHO_E = "mol/cm3"  # moles of electrons
    NUMBER = "1"  # dimensionless: z_e
    ARBITRARY = "arbitrary"
