"""The words of the page."""

from __future__ import annotations

__all__ = ["GENUINE_NAMES", "GLOSSARY", "KIND_NAMES", "RIGHT_NAMES", "STATUS_NAMES", "VERDICTS"]

#: word, sign, what to do
VERDICTS: dict[str, tuple[str, str, str]] = {
    "clear": ("Clear", "✓", "Nothing that needs an officer was found."),
    "inspect": ("Inspect", "!", "Open the parcel or look closer, for the reasons below."),
    "detain": ("Detain", "✕", "Hold the parcel, for the reasons below; the right holder and the officer decide."),
}

KIND_NAMES: dict[str, str] = {
    "template-match": "protected shape",
    "undeclared-object": "not declared",
    "missing-item": "declared, not found",
    "quantity-mismatch": "quantity mismatch",
    "material-mismatch": "material mismatch",
    "weight-mismatch": "weight mismatch",
    "hidden-object": "hidden inside another",
    "dangerous-goods": "dangerous goods",
    "prohibited": "prohibited",
    "description-vague": "vague description",
    "right-expired": "right expired",
    "genuine-deviation": "unlike the genuine",
    "density-outlier": "unlike its equals",
    "scan-quality": "scan quality",
}

STATUS_NAMES: dict[str, str] = {
    "confirmed": "confirmed",
    "missing": "not found",
    "quantity": "quantity mismatch",
    "material": "material mismatch",
    "weight": "weight mismatch",
    "unverifiable": "cannot be verified",
}

RIGHT_NAMES: dict[str, str] = {
    "authorised": "sender is authorised",
    "not-authorised": "sender is not authorised",
    "expired": "right has expired",
    "no-record": "no right on record",
}

GENUINE_NAMES: dict[str, str] = {
    "mass_g": "mass, g",
    "density_g_cm3": "density, g/cm³",
    "z_e": "z_e",
    "wall_mm": "wall, mm",
}

GLOSSARY: tuple[tuple[str, str], ...] = (
    ("risk", "Probability, 0 to 1, that an officer who opens the parcel would find something."),
    ("severity", "Of one reason: its probability times its consequence, 0 to 1. From 0.5 on it needs an officer."),
    ("±", "Standard uncertainty (one sigma). Whiskers on bars span two sigma to each side."),
    (
        "z_e",
        "Effective atomic number: which single element would absorb alike (LLNL definition). Water has 7.4, plastics "
        "5 to 9, PVC 14, aluminium 13, iron 26.",
    ),
    ("rho_e", "Electron density, moles of electrons in a cubic centimetre. Water has 0.554."),
    ("MHU", "Modified Hounsfield unit: absorption on a scale where air is 0 and water 1000."),
    ("template", "A shape at true size that a right protects, or that is known to be counterfeited or prohibited."),
    ("score", "Of a template match, 0 to 1: at 0.5 it is as likely right as wrong."),
    (
        "deviation",
        "How far the object's outer surface lies from the template's, mm: rms over all of it, and what 95 % stays "
        "below.",
    ),
    ("coverage", "Share of the template's surface on which the object's surface lies."),
    ("suspected", "The scan speaks for it. Whether it is so, the right holder and the officer decide."),
    ("mismatch", "Declared and measured differ by more than their uncertainty."),
)
