"""Conditions of written rules: a small language, parsed by Python's own parser, walked by hand, never executed.

`and or not`, `< <= > >= == !=`, `in not in`, `+ - * /`, numbers, texts, lists, and dotted names such as
``object.mass_g``. A comparison with something unknown (`None`) is false, so that a rule never speaks from ignorance.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Collection, Mapping
from typing import Any

__all__ = ["Expression", "parse"]

_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.In: lambda a, b: a in b,
    ast.NotIn: lambda a, b: a not in b,
}
_ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
MAX_LENGTH = 2000
MAX_NODES = 300
Fields = Mapping[str, Any]


class Expression:
    """A checked condition; call it with the fields by dotted name."""

    def __init__(self, text: str, body: ast.expr) -> None:
        self.text = text
        self._body = body

    def __call__(self, fields: Fields) -> Any:
        """Evaluate; a comparison of things that cannot be compared is false."""
        return _value(self._body, fields)

    def __repr__(self) -> str:
        return f"Expression({self.text!r})"


def parse(text: str, known: Collection[str]) -> Expression:
    """Parse a condition and check it against the names of the fields.

    Raises
    ------
    ValueError
        With the column and what is wrong: not of the language, or an unknown field.
    """
    if len(text) > MAX_LENGTH:
        raise ValueError(f"expected at most {MAX_LENGTH} characters, got {len(text)}")
    try:
        body = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        column = getattr(error, "offset", None)
        raise ValueError(f"column {column}: not a condition" if column else "not a condition") from None
    if sum(1 for _ in ast.walk(body)) > MAX_NODES:
        raise ValueError(f"expected at most {MAX_NODES} parts")
    _check(body, known)
    return Expression(text, body)


def _check(node: ast.expr, known: Collection[str]) -> None:
    match node:
        case ast.BoolOp(values=parts):
            inner = list(parts)
        case ast.UnaryOp(op=ast.Not() | ast.USub(), operand=part):
            inner = [part]
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
            inner = [left, right]
        case ast.Compare(left=left, ops=ops, comparators=rest) if all(type(o) in _COMPARE for o in ops):
            inner = [left, *rest]
        case ast.List(elts=parts) | ast.Tuple(elts=parts):
            inner = list(parts)
        case ast.Constant(value=bool() | int() | float() | str()):
            inner = []
        case ast.Name() | ast.Attribute():
            name = _name(node)
            if name not in known:
                near = _near(name, known)
                raise ValueError(
                    f"column {node.col_offset + 1}: no field {name!r}" + (f"; meant {near}?" if near else "")
                )
            inner = []
        case _:
            raise ValueError(f"column {node.col_offset + 1}: {type(node).__name__} is not part of a condition")
    for part in inner:
        _check(part, known)


def _name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=ast.Name(id=first), attr=second):
            return f"{first}.{second}"
    return "…"


def _near(name: str, known: Collection[str]) -> str | None:
    from rapidfuzz import process

    best = process.extractOne(name, sorted(known), score_cutoff=70)
    return best[0] if best else None


def _value(node: ast.expr, fields: Fields) -> Any:
    match node:
        case ast.BoolOp(op=ast.And(), values=parts):
            return all(_value(p, fields) for p in parts)
        case ast.BoolOp(values=parts):
            return any(_value(p, fields) for p in parts)
        case ast.UnaryOp(op=ast.Not(), operand=part):
            return not _value(part, fields)
        case ast.UnaryOp(operand=part):
            return _calculate(operator.sub, 0, _value(part, fields))
        case ast.BinOp(left=left, op=op, right=right):
            return _calculate(_ARITHMETIC[type(op)], _value(left, fields), _value(right, fields))
        case ast.Compare(left=left, ops=ops, comparators=rest):
            values = [_value(part, fields) for part in (left, *rest)]
            return all(_compare(op, a, b) for op, a, b in zip(ops, values, values[1:], strict=False))
        case ast.List(elts=parts) | ast.Tuple(elts=parts):
            return [_value(p, fields) for p in parts]
        case ast.Constant(value=value):
            return value.casefold() if isinstance(value, str) else value
    value = fields[_name(node)]
    return value.casefold() if isinstance(value, str) else value


def _compare(op: ast.cmpop, a: Any, b: Any) -> bool:
    if a is None or b is None:
        return False
    try:
        return bool(_COMPARE[type(op)](a, b))
    except TypeError:
        return False


def _calculate(function: Callable[[Any, Any], Any], a: Any, b: Any) -> float | None:
    numbers = isinstance(a, (int, float)) and isinstance(b, (int, float))
    try:
        return float(function(a, b)) if numbers else None
    except (ZeroDivisionError, OverflowError):
        return None
