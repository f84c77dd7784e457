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

__all__ = ["count", "equal_word", "first", "greater_word", "near_word", "nonzero_word"]

Word = np.uint64
ONE = np.uint64(1)


def _python_first(word: Any) -> int:
    value = int(word)
    return (value & -value).bit_length() - 1 if value else 64


def _python_count(word: Any) -> int:
    return int(word).bit_count()


def _python_greater(flat: Any, start: int, threshold: Any) -> Any:
    return _pack(flat[start : start + 64] > threshold)


def _python_nonzero(flat: Any, start: int) -> Any:
    return _pack(flat[start : start + 64] != 0)


def _python_near(flat: Any, start: int, begin: int, delta: Any) -> Any:
    one, other = flat[start : start + 64], flat[begin : begin + 64]
    return _pack(np.maximum(one, other) - np.minimum(one, other) <= delta)


def _python_equal(flat: Any, start: int, begin: int) -> Any:
    return _pack(flat[start : start + 64] == flat[begin : begin + 64])


def _pack(truths: Any) -> Any:
    return np.packbits(truths, bitorder="little").view(np.uint64)[0]


if config.DISABLE_JIT:
    first, count, greater64 = _python_first, _python_count, _python_greater
    nonzero64, near64, equal64 = _python_nonzero, _python_near, _python_equal
else:
    from llvmlite import ir
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
            return builder.fcmp_ordered(sign, left, right)
        return (builder.icmp_signed if dtype.signed else builder.icmp_unsigned)(sign, left, right)

    def _word(builder: Any, truths: Any) -> Any:
        return builder.bitcast(truths, ir.IntType(64))

    def _splat(builder: Any, value: Any, kind: Any) -> Any:
        single = builder.insert_element(ir.Constant(kind, ir.Undefined), value, ir.Constant(ir.IntType(32), 0))
        zeros = ir.Constant(ir.VectorType(ir.IntType(32), 64), None)
        return builder.shuffle_vector(single, ir.Constant(kind, ir.Undefined), zeros)

    @intrinsic
    def greater64(typingctx: Any, flat: Any, start: Any, threshold: Any) -> Any:
        """Word whose bit i tells ``flat[start + i] > threshold``."""

        def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            values = _load64(context, builder, signature.args[0], args[0], args[1])
            splat = _splat(builder, args[2], values.type)
            return _word(builder, _compare(builder, flat.dtype, ">", values, splat))

        return types.uint64(flat, types.int64, flat.dtype), codegen

    @intrinsic
    def nonzero64(typingctx: Any, flat: Any, start: Any) -> Any:
        """Word whose bit i tells ``flat[start + i] != 0``."""

        def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            values = _load64(context, builder, signature.args[0], args[0], args[1])
            zeros = ir.Constant(values.type, None)
            if isinstance(flat.dtype, types.Float):
                return _word(builder, builder.fcmp_unordered("!=", values, zeros))
            return _word(builder, builder.icmp_unsigned("!=", values, zeros))

        return types.uint64(flat, types.int64), codegen

    @intrinsic
    def equal64(typingctx: Any, flat: Any, start: Any, begin: Any) -> Any:
        """Word whose bit i tells whether ``flat[start + i]`` and ``flat[begin + i]`` are equal integers."""

        def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            left = _load64(context, builder, signature.args[0], args[0], args[1])
            right = _load64(context, builder, signature.args[0], args[0], args[2])
            return _word(builder, builder.icmp_unsigned("==", left, right))

        return types.uint64(flat, types.int64, types.int64), codegen

    @intrinsic
    def near64(typingctx: Any, flat: Any, start: Any, begin: Any, delta: Any) -> Any:
        """Word whose bit i tells whether ``flat[start + i]`` and ``flat[begin + i]`` differ by <= delta."""

        def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            left = _load64(context, builder, signature.args[0], args[0], args[1])
            right = _load64(context, builder, signature.args[0], args[0], args[2])
            splat = _splat(builder, args[3], left.type)
            over = _compare(builder, flat.dtype, ">", left, right)
            high = builder.select(over, left, right)
            low = builder.select(over, right, left)
            if isinstance(flat.dtype, types.Float):
                return _word(builder, builder.fcmp_ordered("<=", builder.fsub(high, low), splat))
            # The difference of two signed numbers may need one bit more: it is right as an unsigned one.
            return _word(builder, builder.icmp_unsigned("<=", builder.sub(high, low), splat))

        return types.uint64(flat, types.int64, types.int64, flat.dtype), codegen


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
def nonzero_word(flat, start, valid):
    """Bits of ``flat[start : start + valid] != 0``."""
    if start + 64 <= flat.size:
        word = nonzero64(flat, start)
        if valid < 64:
            word &= (ONE << np.uint64(valid)) - ONE
        return word
    word = np.uint64(0)
    for bit in range(valid):
        if flat[start + bit] != 0:
            word |= ONE << np.uint64(bit)
    return word


@kernel
def equal_word(flat, start, begin, valid):
    """Bits of ``flat[start + i] == flat[begin + i]``, of integers; a place before or past ``flat`` equals none."""
    if start >= 0 and begin >= 0 and start + 64 <= flat.size and begin + 64 <= flat.size:
        word = equal64(flat, start, begin)
        if valid < 64:
            word &= (ONE << np.uint64(valid)) - ONE
        return word
    word = np.uint64(0)
    for bit in range(valid):
        one = start + bit
        other = begin + bit
        if 0 <= one < flat.size and 0 <= other < flat.size and flat[one] == flat[other]:
            word |= ONE << np.uint64(bit)
    return word


@kernel
def near_word(flat, start, begin, valid, delta):
    """Bits of ``|flat[start + i] - flat[begin + i]| <= delta``; a place before or past ``flat`` is not near."""
    if start >= 0 and begin >= 0 and start + 64 <= flat.size and begin + 64 <= flat.size:
        word = near64(flat, start, begin, delta)
        if valid < 64:
            word &= (ONE << np.uint64(valid)) - ONE
        return word
    word = np.uint64(0)
    for bit in range(valid):
        one = start + bit
        other = begin + bit
        if 0 <= one < flat.size and 0 <= other < flat.size:
            a = max(flat[one], flat[other])
            b = min(flat[one], flat[other])
            if a - b <= delta:
                word |= ONE << np.uint64(bit)
    return word
