"""All settings: one model a stage, nested in one that loads from TOML and refuses what it does not know."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from xscan.decide.config import DecideConfig
from xscan.declaration.config import DeclarationConfig
from xscan.denoise.config import DenoiseConfig
from xscan.dicos.config import DicosConfig
from xscan.errors import InputError
from xscan.io.config import IoConfig
from xscan.physics.config import PhysicsConfig
from xscan.report.config import ReportConfig
from xscan.segment.config import SegmentConfig
from xscan.signature.config import SignatureConfig
from xscan.template.config import TemplateConfig

__all__ = ["Config", "config_toml", "load_config"]

MAX_BYTES = 1 << 20


class Config(BaseModel):
    """Settings of a whole run, in the order in which a scan meets them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    memory_gb: float | None = Field(
        default=None, gt=0, description="GB that an analysis may take; by default six tenths of what is free"
    )
    io: IoConfig = IoConfig()
    physics: PhysicsConfig = PhysicsConfig()
    denoise: DenoiseConfig = DenoiseConfig()
    segment: SegmentConfig = SegmentConfig()
    signature: SignatureConfig = SignatureConfig()
    template: TemplateConfig = TemplateConfig()
    declaration: DeclarationConfig = DeclarationConfig()
    decide: DecideConfig = DecideConfig()
    report: ReportConfig = ReportConfig()
    dicos: DicosConfig = DicosConfig()


def load_config(path: str | Path | None = None) -> Config:
    """Settings from a TOML file; the defaults without one.

    Raises
    ------
    InputError : no such file, not TOML, or a setting that is unknown or out of range (named with its place)
    """
    if path is None:
        return Config()
    try:
        if Path(path).stat().st_size > MAX_BYTES:
            raise InputError(path, f"larger than {MAX_BYTES} bytes", "give a TOML file of settings")
        text = Path(path).read_text(encoding="utf-8")
        return Config.model_validate(tomllib.loads(text))
    except OSError as error:
        raise InputError(path, f"could not be read ({error.strerror})", "give a TOML file of settings") from None
    except UnicodeDecodeError:
        raise InputError(path, "is not UTF-8 text", "give a TOML file of settings") from None
    except tomllib.TOMLDecodeError as error:
        raise InputError(path, f"is not TOML: {error}", "`xscan config show` prints a file to start from") from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(p) for p in first["loc"])
        raise InputError(path, f"setting {place}: {first['msg']}", "see `xscan config show`") from None


def config_toml(config: Config) -> str:
    """Settings as TOML, each under a comment that says what it means; unset ones are commented out."""
    return "\n".join(_lines(config, "")).lstrip("\n") + "\n"


def _lines(model: BaseModel, table: str) -> list[str]:
    plain: list[str] = []
    tables: list[str] = []
    for name, info in type(model).model_fields.items():
        value = getattr(model, name)
        if isinstance(value, BaseModel):
            tables += _lines(value, f"{table}.{name}".lstrip("."))
            continue
        plain.append(f"# {info.description}")
        plain.append(f"# {name} =" if value is None else f"{name} = {_literal(value)}")
    return ([f"\n[{table}]"] if table and plain else []) + plain + tables


def _literal(value: object) -> str:
    """A TOML literal; for text, numbers, truth values and lists of them JSON's spelling is TOML's."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(str(k))} = {_literal(v)}" for k, v in value.items()) + " }"
    if isinstance(value, (list, tuple, set, frozenset)):
        return "[" + ", ".join(_literal(v) for v in value) + "]"
    return json.dumps(str(value) if isinstance(value, Path) else value, ensure_ascii=False)
