"""Sixty-four voxels in one machine word: comparing, counting and finding bits.

The comparisons load 64 neighbouring values as one vector and turn the vector of truths into a word; LLVM
makes the best of whatever vectors the processor has. With NUMBA_DISABLE_JIT the same functions are plain
Python, bit for bit.
"""

# mypy: disable-error-code="no-untyped-def"

from typing import Any

import numpy as np
from numba.core import config

from ._jit import kernel

__all__ = ["count", "equal_word", "first", "greater_word"]

Word = np.uint64
ONE = np.uint64(1)


def _python_first(word: Any) -> int:
    value = int(word)
    return (value & -value).bit_length() - 1 if value else 64


def _python_count(word: Any) -> int:
    return int(word).bit_count()


def _python_greater(flat: Any, start: int, threshold: Any) -> Any:
    return _pack(flat[start : start + 64] > threshold)


def _python_equal(flat: Any, start: int, other: Any, begin: int) -> Any:
    return _pack(flat[start : start + 64] == other[begin : begin + 64])


def _pack(truths: Any) -> Any:
    return np.packbits(truths, bitorder="little").view(np.uint64)[0]


if config.DISABLE_JIT:
    first, count, greater64, equal64 = _python_first, _python_count, _python_greater, _python_equal
else:
    from llvmlite import ir  # type: ignore[import-untyped]
    from numba import types
    from numba.extending import intrinsic

    @intrinsic
    def first(typingctx: Any, word: Any) -> Any:
        """Index of the lowest set bit, 64 for an empty word."""

        def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            return builder.cttz(args[0], ir.Constant(ir.IntType(1), 0))

        return types.int64(types.uint64), codegen

    @intrinsic
    def count(typingctx: Any, word: Any) -> Any:
        """Number of set bits."""

        def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            return builder.ctpop(args[0])

        return types.int64(types.uint64), codegen

    def _load64(context: Any, builder: Any, kind: Any, value: Any, start: Any) -> Any:
        """Sixty-four neighbouring elements from ``start`` on, as one vector."""
        data = context.make_array(kind)(context, builder, value).data
        element = context.get_value_type(kind.dtype)
        vector = ir.VectorType(element, 64)
        pointer = builder.bitcast(builder.gep(data, [start]), vector.as_pointer())
        load = builder.load(pointer)
        load.align = max(1, kind.dtype.bitwidth // 8)
        return load

    def _compare(builder: Any, dtype: Any, sign: str, left: Any, right: Any) -> Any:
        if isinstance(dtype, types.Float):
            truths = builder.fcmp_ordered(sign, left, right)
        elif dtype.signed:
            truths = builder.icmp_signed(sign, left, right)
        else:
            truths = builder.icmp_unsigned(sign, left, right)
        return builder.bitcast(truths, ir.IntType(64))

    @intrinsic
    def greater64(typingctx: Any, flat: Any, start: Any, threshold: Any) -> Any:
        """Word whose bit i tells ``flat[start + i] > threshold``."""

        def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            values = _load64(context, builder, signature.args[0], args[0], args[1])
            kind = values.type
            single = builder.insert_element(ir.Constant(kind, ir.Undefined), args[2], ir.Constant(ir.IntType(32), 0))
            zeros = ir.Constant(ir.VectorType(ir.IntType(32), 64), None)
            splat = builder.shuffle_vector(single, ir.Constant(kind, ir.Undefined), zeros)
            return _compare(builder, signature.args[0].dtype, ">", values, splat)

        return types.uint64(flat, types.int64, flat.dtype), codegen

    @intrinsic
    def equal64(typingctx: Any, flat: Any, start: Any, other: Any, begin: Any) -> Any:
        """Word whose bit i tells ``flat[start + i] == other[begin + i]``."""

        def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            left = _load64(context, builder, signature.args[0], args[0], args[1])
            right = _load64(context, builder, signature.args[2], args[2], args[3])
            return _compare(builder, signature.args[0].dtype, "==", left, right)

        return types.uint64(flat, types.int64, other, types.int64), codegen


@kernel
def greater_word(flat, start, valid, threshold):
    """Bits of ``flat[start : start + valid] > threshold``; ``valid`` is at most 64."""
    if start + 64 <= flat.size:
        word = greater64(flat, start, threshold)
        if valid < 64:
            word &= (ONE << np.uint64(valid)) - ONE
        return word
    word = np.uint64(0)
    for bit in range(valid):
        if flat[start + bit] > threshold:
            word |= ONE << np.uint64(bit)
    return word


@kernel
def equal_word(flat, start, other, begin, valid):
    """Bits of ``flat[start : start + valid] == other[begin : begin + valid]``."""
    if start + 64 <= flat.size and begin + 64 <= other.size:
        word = equal64(flat, start, other, begin)
        if valid < 64:
            word &= (ONE << np.uint64(valid)) - ONE
        return word
    word = np.uint64(0)
    for bit in range(valid):
        if flat[start + bit] == other[begin + bit]:
            word |= ONE << np.uint64(bit)
    return word
