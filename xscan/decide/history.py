"""What earlier openings of a channel, a route and a sender found, as a shift of the log odds.

The only input is counts of parcels: how many were opened, and in how many something was found. No attribute of a
person enters, and a sender without openings is taken like all others.
"""

from __future__ import annotations

import math
import tomllib
from functools import lru_cache

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from xscan.decide.config import DecideConfig
from xscan.decide.named import bytes_of
from xscan.errors import InputError
from xscan.model import Declaration

__all__ = ["History", "Openings", "read_history", "shift_of"]

MAX_BYTES = 16 << 20


class Openings(BaseModel):
    """How many parcels were opened, and in how many of them something was found."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    opened: int = Field(ge=0)
    found: int = Field(ge=0)

    @model_validator(mode="after")
    def _ordered(self) -> Openings:
        if self.found > self.opened:
            raise ValueError(f"expected found of at most opened, got {self.found} of {self.opened}")
        return self


class History(BaseModel):
    """Counts by channel, by route ("CN-DE") and by consignor's id."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    channel: dict[str, Openings] = {}
    route: dict[str, Openings] = {}
    sender: dict[str, Openings] = {}


def shift_of(declaration: Declaration | None, config: DecideConfig) -> float:
    """Shift of the log odds: each group's rate, drawn to the prevalence as if that many openings more had shown it.

    The rate of a group is (found + n·prevalence) / (opened + n) with n = `config.history_weight` (the mean of a beta
    posterior); the logarithms of its odds over the prevalence's add up over the groups, within
    ±`config.history_bound`.
    """
    if config.history_file is None or declaration is None:
        return 0.0
    history = read_history(config.history_file)
    route = f"{declaration.origin}-{declaration.destination}"
    groups = (
        history.channel.get(declaration.channel),
        history.route.get(route),
        history.sender.get(declaration.consignor.id) if declaration.consignor.id else None,
    )
    base, weight = config.prevalence, config.history_weight
    shift = 0.0
    for seen in groups:
        if seen is not None:
            rate = (seen.found + weight * base) / (seen.opened + weight)
            shift += math.log(rate / (1 - rate)) - math.log(base / (1 - base))
    return max(-config.history_bound, min(config.history_bound, shift))


@lru_cache(maxsize=4)
def read_history(path: str) -> History:
    """Read a TOML file of counts.

    Raises
    ------
    InputError
        Where it cannot be read or is not of that form; the text names the place.
    """
    data = bytes_of(path, MAX_BYTES, "decide.history_file", "a history")
    try:
        return History.model_validate(tomllib.loads(data.decode("utf-8-sig")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(path, f"is not TOML: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        raise InputError(path, f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
