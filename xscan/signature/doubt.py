"""How far an object's mass may be off, from what could have touched its sum."""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = ["Doubt", "z_gain", "z_rel"]

EDGE_SHARE = 0.5  # how much of a background that is off goes into the sum over the edge
# Of a correction for hardening and scatter that may itself be wrong: a share, and as much of its square, since what
# metal lost is reckoned with a reading of metal that had lost it
CORRECTED_SHARE = 0.15
# By so much is misplaced what a segmentation draws, where no air shows the border: of what two things hold where they
# meet, a layer of one voxel; and by streaks, their share once more. Both were found on the bodies of 25 parcels, own
# segmentation (0.7 to 1.4, 0.8 to 2.9 by half), and hold on 26 others (benchmarks/parcels/README.md).
BORDER_VOXELS = 1.0
FILLED_VOXELS = 0.3  # the same of the border between a vessel and what fills it, which differ or were not told apart
OUTLINE_SHARE = 1.0
# of an object that is all surface and attenuates as water: the logarithm of a signal that a detector element averages
# over an edge is not the average of logarithms, by a share that grows with what the edge attenuates
# (Glover and Pelc, Med. Phys. 7 (1980) 238)
SURFACE_REL = 0.012
# z_e follows from the ratio of two channels: what moves both alike does not move it. The correction for hardening is
# larger in the low channel; by the bodies of 25 parcels twice as large covers them, and those of 26 others
RATIO_CORRECTED = 2.0
# Z whose electrons absorb as much as they scatter, in a low and a high channel: a description of pairs of beams of
# 90 to 160 kV that lies between the maps of two scanners, which differ by a factor of 1.6 for plastics, 1.2 for metals
HALF_ABSORBED = (12.3, 19.6)
ABSORPTION_POWER = 3.2
# what starves its rays is read as iron: metals commonly met lie between titanium and zinc
METALS_FROM, METALS_REL = 20.0, 0.12


@dataclass(frozen=True)
class Doubt:
    """Relative standard uncertainties of an object's sum, by cause; those of its material come on top.

    Parameters
    ----------
    calibration : of the scale of electron density
    noise : of the voxels summed
    streaks : of a background that is not even
    corrected : of the correction for beam hardening and scatter
    contact : of borders with other objects
    outline : of an outline that streaks misled
    reach : of what is still seen where the blurred edge should end
    surface : of blurring and sampling
    ratio : of the ratio of the channels deep inside, as far as one of them is moved and not the other
    """

    calibration: float
    noise: float
    streaks: float
    corrected: float
    contact: float
    outline: float
    reach: float
    surface: float
    ratio: float

    @staticmethod
    def of(
        *,
        calibration: float,
        noise: float,
        streaks: float,
        corrected: float,
        meeting: float,
        shared: float,
        outmost: float,
        surface: float,
        level: float,
    ) -> Doubt:
        """From what was measured.

        Parameters
        ----------
        streaks : spread of the background beyond noise, over the object's own level
        corrected : mean share by which the correction moved the object
        meeting : share of the sum in a layer one voxel thick where others begin
        shared : faces that touch any other object, its own contents too, over voxels
        outmost : share of the sum in the outmost layer
        surface : edge voxels over own voxels, at most 1
        level : mean attenuation over that of water
        """
        return Doubt(
            calibration=calibration,
            noise=noise,
            streaks=EDGE_SHARE * streaks,
            corrected=CORRECTED_SHARE * corrected * (1 + corrected),
            contact=max(BORDER_VOXELS * min(meeting, 1.0), FILLED_VOXELS * shared),
            outline=OUTLINE_SHARE * streaks,
            reach=abs(outmost),
            surface=SURFACE_REL * surface * max(level, 0.5),
            ratio=math.hypot(EDGE_SHARE * streaks, RATIO_CORRECTED * CORRECTED_SHARE * corrected),
        )

    @property
    def loose(self) -> float:
        """Of everything but calibration and surface: what also moves one object against another of the same scan."""
        return math.hypot(self.noise, self.streaks, self.corrected, self.contact, self.outline, self.reach)

    @property
    def total(self) -> float:
        """All causes together."""
        return math.hypot(self.calibration, self.loose, self.surface)


def z_gain(z_e: float) -> float:
    """How much more, relatively, z_e moves than the ratio of two channels does (Alvarez and Macovski 1976).

    Few electrons of light matter absorb, so that the ratio hardly tells their Z: the gain is 6 for polyethylene, 2.5
    for water, 1 for aluminium.
    """
    low, high = (1 / (1 + math.pow(half / max(z_e, 5.0), ABSORPTION_POWER)) for half in HALF_ABSORBED)
    return 1 / (ABSORPTION_POWER * (low - high))


def z_rel(z_e: float, ratio: float) -> float:
    """Relative uncertainty of z_e that follows from one of the ratio of channels."""
    rel = z_gain(z_e) * ratio
    return min(rel, METALS_REL) if z_e > METALS_FROM else rel
