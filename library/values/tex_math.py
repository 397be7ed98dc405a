r"""TeX formulas in a record's text as one readable line: "$\mathrm{CO}_2$" gives CO<sub>2</sub>."""

import re

_DOLLARS = re.compile(r"\$\$?([^$]{1,2000})\$\$?")
_DELIMITED = re.compile(r"\\\((.{1,2000}?)\\\)|\\\[(.{1,2000}?)\\\]", re.DOTALL)
_DOCUMENT = re.compile(r"\\begin\{document\}(.*?)\\end\{document\}", re.DOTALL)
_SYMBOLS = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ϵ", "varepsilon": "ε",
    "zeta": "ζ", "eta": "η", "theta": "θ", "vartheta": "ϑ", "iota": "ι", "kappa": "κ",
    "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π", "varpi": "ϖ", "rho": "ρ",
    "varrho": "ϱ", "sigma": "σ", "varsigma": "ς", "tau": "τ", "upsilon": "υ", "phi": "ϕ",
    "varphi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω", "Gamma": "Γ", "Delta": "Δ",
    "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ", "Upsilon": "Υ",
    "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω", "times": "×", "cdot": "·", "pm": "±", "mp": "∓",
    "leq": "≤", "le": "≤", "geq": "≥", "ge": "≥", "neq": "≠", "ne": "≠", "approx": "≈",
    "sim": "∼", "simeq": "≃", "cong": "≅", "equiv": "≡", "propto": "∝", "to": "→",
    "rightarrow": "→", "longrightarrow": "→", "leftarrow": "←", "leftrightarrow": "↔",
    "Rightarrow": "⇒", "infty": "∞", "partial": "∂", "nabla": "∇", "ell": "ℓ", "hbar": "ℏ",
    "circ": "∘", "degree": "°", "ast": "∗", "star": "⋆", "dagger": "†", "prime": "′",
    "in": "∈", "notin": "∉", "subset": "⊂", "cup": "∪", "cap": "∩", "otimes": "⊗",
    "oplus": "⊕", "ll": "≪", "gg": "≫", "lesssim": "≲", "gtrsim": "≳", "sum": "∑",
    "prod": "∏", "int": "∫", "sqrt": "√", "langle": "⟨", "rangle": "⟩", "ldots": "…",
    "dots": "…", "cdots": "⋯", "Re": "ℜ", "Im": "ℑ", "forall": "∀", "exists": "∃",
    "emptyset": "∅", "wedge": "∧", "vee": "∨", "perp": "⊥", "parallel": "∥", "mid": "|",
    "odot": "⊙", "bullet": "•", "percnt": "%", "aa": "å", "AA": "Å", "mathring": "",
    "log": "log", "ln": "ln", "sin": "sin", "cos": "cos", "tan": "tan", "exp": "exp",
    "max": "max", "min": "min", "lim": "lim", "det": "det", "dim": "dim", "quad": " ", "qquad": " ",
}  # fmt: skip
_RELATIONS = frozenset("→←↔⇒≤≥≠≈∼≃≅≡∝∈∉⊂≪≫≲≳")
_ACCENTS = {
    "bar": "\u0304",
    "overline": "\u0304",
    "hat": "\u0302",
    "widehat": "\u0302",
    "tilde": "\u0303",
    "widetilde": "\u0303",
    "vec": "\u20d7",
    "dot": "\u0307",
    "ddot": "\u0308",
}
_BLACKBOARD = {"R": "ℝ", "C": "ℂ", "Z": "ℤ", "N": "ℕ", "Q": "ℚ", "P": "ℙ", "H": "ℍ"}
_TOKEN = re.compile(r"\\([A-Za-z]+)\*?[ ]*|\\(.)|([{}^_~])|([^\\{}^_~]+)", re.DOTALL)
_DEPTH = 20


def from_tex(text: str, *, bare: bool = False) -> str:
    """Return `text` with its TeX formulas resolved; with `bare` all of it is one formula.

    A stretch between dollars is a formula only when it holds a command, "^" or "_", or is one
    word that begins with a letter: "$5 and $10" is money.
    """
    if bare:
        found = _DOCUMENT.search(text)
        inner = (found.group(1) if found else text).strip()
        return _formula(inner.strip("$"))
    if "$" in text:
        text = _DOLLARS.sub(
            lambda match: (
                _formula(match.group(1)) if _is_formula(match.group(1)) else match.group()
            ),
            text,
        )
    if "\\(" in text or "\\[" in text:
        text = _DELIMITED.sub(lambda match: _formula(match.group(1) or match.group(2)), text)
    return text


def _is_formula(text: str) -> bool:
    if re.fullmatch(r"[A-Za-z(|\[][^\s$]{0,30}", text):
        return True  # "$K$-theory", "$(n,k)$": nobody writes money so
    return re.search(r"\\[A-Za-z,]|[\^_]", text) is not None and "\n\n" not in text


def _formula(source: str) -> str:
    """Return one formula as a line; an unknown command is left out, its argument stays."""
    tokens = list(_TOKEN.finditer(source))
    text, _ = _group(tokens, 0, 0)
    return re.sub(r"\s+", " ", text).strip()


def _group(tokens: list[re.Match[str]], at: int, depth: int) -> tuple[str, int]:
    """Return the text up to the closing brace, and the place after it."""
    out = ""
    while at < len(tokens):
        if tokens[at].group(3) == "}":
            return out, at + 1
        if tokens[at].group(3) in {"^", "_"}:
            mark = tokens[at].group(3)
            inner, at = _argument(tokens, at + 1, depth)
            out += _scripted(inner, mark)
            continue
        piece, at = _argument(tokens, at, depth, whole_text=True)
        out += piece
    return out, at


def _scripted(inner: str, mark: str) -> str:
    inner = inner.strip()
    if not inner:
        return ""
    if mark == "^" and set(inner) <= {"′"}:
        return inner
    if mark == "^" and inner == "∘":
        return "°"
    tag = "sup" if mark == "^" else "sub"
    return f"<{tag}>{inner}</{tag}>"


def _argument(  # noqa: PLR0911 - one return for each kind of token
    tokens: list[re.Match[str]], at: int, depth: int, *, whole_text: bool = False
) -> tuple[str, int]:
    """Return the next group, command or character, and the place after it."""
    if at >= len(tokens):
        return "", at
    command, escaped, mark, text = tokens[at].groups()
    if command is not None:
        return _command(tokens, at, command, depth)
    if escaped is not None:
        return {",": " ", ";": " ", ":": " ", "!": "", "\\": " ", " ": " "}.get(
            escaped, escaped
        ), at + 1
    if mark == "{" and depth < _DEPTH:
        return _group(tokens, at + 1, depth + 1)
    if mark is not None:
        return (" " if mark == "~" else ""), at + 1
    if whole_text or len(text) == 1:
        return text.replace("'", "′"), at + 1
    # A script without braces takes one character; the rest of the text follows.
    stripped = text.lstrip()
    if stripped[1:]:
        remainder = _TOKEN.match(stripped[1:])
        if remainder is not None:
            tokens[at] = remainder
            return stripped[:1], at
    return stripped[:1], at + 1


def _command(tokens: list[re.Match[str]], at: int, name: str, depth: int) -> tuple[str, int]:
    if name in _SYMBOLS:
        symbol = _SYMBOLS[name]
        return (f" {symbol} " if depth == 0 and symbol in _RELATIONS else symbol), at + 1
    if depth >= _DEPTH:
        return "", at + 1
    if name in _ACCENTS:
        inner, at = _argument(tokens, at + 1, depth + 1)
        return (inner + _ACCENTS[name] if len(inner) == 1 else inner), at
    if name == "mathbb":
        inner, at = _argument(tokens, at + 1, depth + 1)
        return "".join(_BLACKBOARD.get(character, character) for character in inner), at
    if name in {"frac", "dfrac", "tfrac"}:
        top, at = _argument(tokens, at + 1, depth + 1)
        bottom, at = _argument(tokens, at, depth + 1)
        return f"{top}/{bottom}", at
    return "", at + 1  # \mathrm, \rm, \left, …: what they apply to follows
