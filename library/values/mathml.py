"""Formulas in titles and abstracts as one readable line with <sub> and <sup>.

"<mml:msup><mml:mi>x</mml:mi><mml:mn>2</mml:mn></mml:msup>" gives "x<sup>2</sup>". MathML comes as
the small tree that `values.markup` makes of a text; TeX between dollars as its source.

Source: MathML 3, chapter 3 (presentation elements).
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class Node:
    """One element of a marked-up text; `name` is lower case and without namespace prefix."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: "list[Node | str]" = field(default_factory=list)


_INVISIBLE = dict.fromkeys([0x2061, 0x2062, 0x2063, 0x2064, 0xA0, 0x2009, 0x200A, 0x2005, 0x2003])
_RELATIONS = frozenset("=<>≤≥≈∼≃≅≡≠→←↔⇒⇐⇔∈∉⊂⊆∝≪≫≲≳⩽⩾↦⟶⟵")
_BINARY = frozenset("+−-±∓×·÷")
_PRIMES = frozenset("′″‴'∗*†‡°∘")
_ACCENTS = {
    "¯": "\u0304",
    "‾": "\u0304",
    "―": "\u0304",
    "_": "\u0304",
    "^": "\u0302",
    "ˆ": "\u0302",
    "~": "\u0303",
    "˜": "\u0303",
    "→": "\u20d7",
    "⃗": "\u20d7",
    "˙": "\u0307",
    ".": "\u0307",
    "¨": "\u0308",
    "ˇ": "\u030c",
    "´": "\u0301",
    "`": "\u0300",
    "˘": "\u0306",
}
_DROPPED = frozenset({"annotation", "annotation-xml", "mphantom", "maligngroup", "malignmark"})


def linear(node: Node, *, script: bool = False) -> str:
    """Return a MathML element as one line; inside a script nothing is spaced."""
    name = node.name
    if name in _DROPPED:
        return ""
    if name in {"mi", "mn", "ms", "mtext"}:
        text = _text(node)
        return text if name == "mtext" else text.strip()
    if name == "mo":
        return _text(node).strip().translate(_INVISIBLE)
    if name == "mspace":
        return "" if script else " "
    parts = [child for child in node.children if isinstance(child, Node)]
    layout = _LAYOUTS.get(name)
    if layout is not None:
        return layout(parts, node)
    return _row(node, script=script)


def _text(node: Node) -> str:
    return "".join(child if isinstance(child, str) else linear(child) for child in node.children)


def _row(node: Node, *, script: bool) -> str:
    """Join the parts of a row; operators get the blanks that print gives them."""
    out = ""
    for child in node.children:
        if isinstance(child, str):
            out += child.strip()
            continue
        piece = linear(child, script=script)
        if child.name == "mo" and not script and out and piece in _RELATIONS:
            out = out.rstrip() + f" {piece} "
        elif (
            child.name == "mo"
            and not script
            and out.strip()
            and piece in _BINARY
            and out[-1] not in " (<[{,"
        ):
            out += f" {piece} "
        elif child.name == "mo" and piece == ",":
            out += "," if script else ", "
        else:
            out += piece
    return re.sub(r" {2,}", " ", out) if script else re.sub(r" {2,}", " ", out).strip()


def _script(part: Node) -> str:
    return linear(part, script=True).strip()


def _sub(text: str) -> str:
    return f"<sub>{text}</sub>" if text else ""


def _sup(text: str) -> str:
    if text and all(character in "′″‴" for character in text):
        return text
    if text == "∘":
        return "°"
    return f"<sup>{text}</sup>" if text else ""


def _at(parts: Sequence[Node], index: int) -> Node:
    return parts[index] if index < len(parts) else Node("none")


def _msub(parts: Sequence[Node], _: Node) -> str:
    return linear(_at(parts, 0)) + _sub(_script(_at(parts, 1)))


def _msup(parts: Sequence[Node], _: Node) -> str:
    return linear(_at(parts, 0)) + _sup(_script(_at(parts, 1)))


def _msubsup(parts: Sequence[Node], _: Node) -> str:
    scripts = _sub(_script(_at(parts, 1))) + _sup(_script(_at(parts, 2)))
    return linear(_at(parts, 0)) + scripts


def _mover(parts: Sequence[Node], _: Node) -> str:
    base, over = linear(_at(parts, 0)), _script(_at(parts, 1))
    accent = _ACCENTS.get(over)
    if accent and len(base) == 1:
        return base + accent
    if accent and base:
        return base[:-1] + base[-1] + accent if base[-1].isalnum() else base
    return base + _sup(over)


def _munder(parts: Sequence[Node], _: Node) -> str:
    return linear(_at(parts, 0)) + _sub(_script(_at(parts, 1)))


def _munderover(parts: Sequence[Node], node: Node) -> str:
    return _msubsup(parts, node)


def _mmultiscripts(parts: Sequence[Node], _: Node) -> str:
    """Base, then pairs of sub and sup; after <mprescripts/> pairs that stand before the base."""
    names = [part.name for part in parts]
    cut = names.index("mprescripts") if "mprescripts" in names else len(parts)
    after, before = parts[1:cut], parts[cut + 1 :]
    return _pairs(before) + linear(_at(parts, 0)) + _pairs(after)


def _pairs(parts: Sequence[Node]) -> str:
    subs = "".join(_script(part) for part in parts[0::2] if part.name != "none")
    sups = "".join(_script(part) for part in parts[1::2] if part.name != "none")
    return _sub(subs) + _sup(sups)


def _grouped(text: str) -> str:
    return (
        f"({text})" if re.search(r"[ +−×·/=-]", re.sub(r"<su[bp]>.*?</su[bp]>", "", text)) else text
    )


def _mfrac(parts: Sequence[Node], _: Node) -> str:
    return _grouped(linear(_at(parts, 0))) + "/" + _grouped(linear(_at(parts, 1)))


def _msqrt(_: Sequence[Node], node: Node) -> str:
    return "√" + _grouped(_row(node, script=False))


def _mroot(parts: Sequence[Node], _: Node) -> str:
    return _sup(_script(_at(parts, 1))) + "√" + _grouped(linear(_at(parts, 0)))


def _mfenced(parts: Sequence[Node], node: Node) -> str:
    separators = node.attributes.get("separators", ",").replace(" ", "")
    mark = separators[:1]
    inner = (mark + " " if mark else "").join(linear(part) for part in parts)
    return node.attributes.get("open", "(") + inner + node.attributes.get("close", ")")


def _mtable(parts: Sequence[Node], _: Node) -> str:
    return "; ".join(linear(part) for part in parts)


def _mtr(parts: Sequence[Node], _: Node) -> str:
    return ", ".join(linear(part) for part in parts)


def _semantics(parts: Sequence[Node], _: Node) -> str:
    return linear(_at(parts, 0))


_LAYOUTS: dict[str, Callable[[Sequence[Node], Node], str]] = {
    "msub": _msub,
    "msup": _msup,
    "msubsup": _msubsup,
    "mover": _mover,
    "munder": _munder,
    "munderover": _munderover,
    "mmultiscripts": _mmultiscripts,
    "mfrac": _mfrac,
    "msqrt": _msqrt,
    "mroot": _mroot,
    "mfenced": _mfenced,
    "mtable": _mtable,
    "mtr": _mtr,
    "semantics": _semantics,
}
