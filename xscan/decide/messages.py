"""Every sentence of the decision, in one place, so that another language is one more table."""

from __future__ import annotations

__all__ = ["MESSAGES", "say"]

MESSAGES = {
    "template-known": "Shape of {name}: suspected to be the article known from earlier seizures (match {score:.0%}).",
    "template-right": "Shape of {name}, a protected design: suspected infringement; {reason}.",
    "template-no-record": "Shape of {name}, a protected design without a recorded right: the holder should be asked.",
    "template-prohibited": "Shape of {name}, which may not be sent (match {score:.0%}).",
    "right-expired": "Shape of {name}: {reason}.",
    "genuine": "{name}: {what} is {measured}, the genuine article has {low:g} to {high:g}{unit}.",
    "undeclared": "No line of the declaration explains object {object}: {body}.",
    "undeclared-equal": "No line of the declaration explains {count} equal objects: each {body}.",
    "hidden": "Object {object} lies hidden inside object {outer}: {body}.",
    "missing": "Line {line} ({description}) was not found: {reason}.",
    "quantity": "Line {line} ({description}): {reason}.",
    "material": "Line {line} ({description}): {reason}.",
    "weight": "Line {line} ({description}): {reason}.",
    "weight-total": "The parcel's goods weigh {measured:.3f} ± {sigma:.3f} kg; declared are {declared:.3f} kg.",
    "weight-gross": "The goods weigh {measured:.3f} kg, more than the declared gross weight of {declared:.3f} kg.",
    "weight-units": "{note}",
    "cells": "{count} {bodies} of the form and density of {form} cells ({size}): suspected lithium cells, {where}.",
    "cells-undeclared": "not declared",
    "cells-declared": "declared on line {line}",
    "cells-unsaid": "no declaration to hold them against",
    "vague": "Line {line}: “{description}” does not say what the goods are ({word}).",
    "vague-code": "Line {line}: HS code and description speak of different goods.",
    "note": "{note}",
    "outlier": "Object {object} weighs {mass:.0f} g, bodies of the same size beside it {usual:.0f} g.",
    "noise": "The scan is noisy ({noise:.0f} MHU): small or light bodies may have been missed.",
    "border": "{count} objects reach the edge of the scanned field and may be cut off there.",
    "metal": "{share:.0%} of the goods' mass lies in or beside metal, where materials cannot be told well.",
    "scale-none": "The scan carries no physical scale: masses and materials are unknown.",
    "scale-nominal": "No calibration was given: a nominal water scale was used, masses may be off by a tenth or more.",
    "scale-single": "One energy only: materials are judged by density alone.",
}


def say(key: str, **values: object) -> str:
    """Return the sentence `key` with its values."""
    return MESSAGES[key].format(**values)
