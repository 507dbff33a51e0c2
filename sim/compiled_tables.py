"""Tells Numba what a ``Shared`` object is: an address, from which columns and numbers are read at fixed distances.

Addresses and shapes do not change while a compiled rule runs (tables grow between calls), nor do numbers that are not
declared with ``count``; the compiler is told so, and takes them out of loops. It costs no reference counts, and one
compiled version of a rule serves every world.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.core.imputils import lower_builtin, lower_getattr_generic, lower_setattr_generic
from numba.core.typing import signature
from numba.core.typing.templates import AbstractTemplate, AttributeTemplate, infer_getattr, infer_global
from numba.extending import NativeValue, models, register_model, typeof_impl, unbox
from numba.np.arrayobj import make_array, populate_array
from numba.np.numpy_support import from_dtype

from sim.tables import WORD, Layout, Shared, Slot, layout_of, remembered

INT64 = ir.IntType(64)


class SharedType(types.Type):  # type: ignore[misc]
    """Type of a shared object, or of a group of numbers within one; equal where the layouts are."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        super().__init__(name=layout.name)


register_model(SharedType)(models.OpaqueModel)


@remembered
def type_of(kind: type) -> SharedType:
    """Numba type of a dataclass."""
    return SharedType(layout_of(kind))


@typeof_impl.register(Shared)
def _typeof(value: Shared, context: Any) -> SharedType:
    return type_of(type(value))


@unbox(SharedType)
def _unbox(typ: SharedType, obj: Any, c: Any) -> NativeValue:
    address = c.pyapi.object_getattr_string(obj, "_address")
    pointer = c.pyapi.long_as_voidptr(address)
    c.pyapi.decref(address)
    return NativeValue(pointer)


def _type_of_slot(slot: Slot) -> Any:
    """Type of what a field gives."""
    if slot.what == "array":
        return types.Array(from_dtype(slot.dtype), slot.ndim, "C")
    if slot.what == "number":
        return from_dtype(slot.dtype)
    return type_of(slot.kind)


@infer_getattr
class _Attributes(AttributeTemplate):  # type: ignore[misc]
    key = SharedType

    def generic_resolve(self, typ: Any, attr: Any) -> Any:  # type: ignore[override]
        slot = typ.layout.by_name.get(attr)
        return None if slot is None else _type_of_slot(slot)


def _load(builder: Any, base: Any, offset: int, kind: Any, is_fixed: bool, size: int = 0) -> Any:
    """Load a value at a distance from an address; ``size`` is what can be read behind it where it is itself an address."""
    value = builder.load(builder.bitcast(_behind(builder, base, offset), kind.as_pointer()))
    if is_fixed:
        value.set_metadata("invariant.load", builder.module.add_metadata([]))
    if size:
        value.set_metadata("dereferenceable", builder.module.add_metadata([ir.Constant(INT64, size)]))
    return value


def _behind(builder: Any, base: Any, offset: int) -> Any:
    """Address at a distance in bytes."""
    return builder.gep(base, [ir.Constant(INT64, offset)], inbounds=True)


@lower_getattr_generic(SharedType)
def _read(context: Any, builder: Any, typ: SharedType, value: Any, attr: str) -> Any:
    """A column, a number, or the address of what lies within."""
    slot = typ.layout.by_name[attr]
    if slot.what == "group":
        return _behind(builder, value, slot.offset)
    if slot.what == "shared":
        return _load(builder, value, slot.offset, cgutils.voidptr_t, True, layout_of(slot.kind).size)
    if slot.what == "number":
        is_bool = slot.dtype.kind == "b"
        kind = INT64 if is_bool else context.get_value_type(from_dtype(slot.dtype))
        number = _load(builder, value, slot.offset, kind, not slot.moves)
        return builder.icmp_unsigned("!=", number, ir.Constant(INT64, 0)) if is_bool else number
    return _array(context, builder, slot, value)


def _array(context: Any, builder: Any, slot: Slot, value: Any) -> Any:
    """A contiguous array without an owner, from its address and shape in the block."""
    typ = _type_of_slot(slot)
    data_type = context.get_data_type(typ.dtype)
    result = make_array(typ)(context, builder)
    data = _load(builder, value, slot.offset, data_type.as_pointer(), True)
    shape = [_load(builder, value, slot.offset + WORD * (1 + axis), INT64, True) for axis in range(slot.ndim)]
    itemsize = ir.Constant(INT64, context.get_abi_sizeof(data_type))
    strides = [itemsize]
    for length in reversed(shape[1:]):
        strides.insert(0, builder.mul(strides[0], length))
    populate_array(result, data=data, shape=shape, strides=strides, itemsize=itemsize, meminfo=None)
    return result._getvalue()


@lower_setattr_generic(SharedType)
def _put(context: Any, builder: Any, sig: Any, args: Any, attr: str) -> None:
    """Write a number; what else there is stays where it is while a rule runs."""
    slot, (base, value) = sig.args[0].layout.by_name[attr], args
    if not slot.moves:
        raise TypeError(f"{attr}: rules change only numbers declared with count()")
    if slot.dtype.kind == "b":
        value = builder.zext(value, INT64)
    builder.store(value, builder.bitcast(_behind(builder, base, slot.offset), value.type.as_pointer()))


@infer_global(len)
class _Length(AbstractTemplate):  # type: ignore[misc]
    def generic(self, args: Any, kws: Any) -> Any:
        return signature(types.intp, *args) if isinstance(args[0], SharedType) else None


@lower_builtin(len, SharedType)
def _length(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    """Rows of a table: the length of its first column."""
    first = next(slot for slot in sig.args[0].layout.slots if slot.what == "array")
    return _load(builder, args[0], first.offset + WORD, INT64, True)
