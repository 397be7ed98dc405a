r"""What LaTeX calls single characters: accents, letters, symbols. Data only.

Sources: The LaTeX companion, 3rd ed., tables of text accents and symbols; the Comprehensive LaTeX
Symbol List; T2A/T5 encodings (cyrillic.dtx, vntex) for Cyrillic and Vietnamese macros;
the `latex-unicode` tables of biber were used as a check on completeness.
"""

from library.formats.bibtex.wordlist import words

ACCENTS: dict[str, str] = {
    "`": "\u0300",
    "'": "\u0301",
    "^": "\u0302",
    "~": "\u0303",
    "=": "\u0304",
    "u": "\u0306",
    ".": "\u0307",
    '"': "\u0308",
    "h": "\u0309",  # hook above (Vietnamese, T5)
    "r": "\u030a",
    "H": "\u030b",
    "v": "\u030c",
    "C": "\u030f",  # double grave (T2A)
    "G": "\u030f",
    "f": "\u0311",  # inverted breve
    "U": "\u0306",  # Cyrillic breve (T2A)
    "d": "\u0323",
    "c": "\u0327",
    "k": "\u0328",
    "b": "\u0331",
    "textcommabelow": "\u0326",
    "textcommaabove": "\u0313",
    "textogonekcentered": "\u0328",
    "textdotbelow": "\u0323",
    "textmacronbelow": "\u0331",
    "textacute": "\u0301",
    "textgrave": "\u0300",
    "texttilde": "\u0303",
    "textcircumflex": "\u0302",
    "textring": "\u030a",
    "textbreve": "\u0306",
    "textcaron": "\u030c",
    "textsubring": "\u0325",
    "textvbaraccent": "\u030d",
    "textdoublegrave": "\u030f",
    "textroundcap": "\u0311",
    "texthookabove": "\u0309",
    "horn": "\u031b",
    "textlinebelow": "\u0331",
    "textsubcircum": "\u032d",
    "textsubdot": "\u0323",
}
"""Text accents: macro -> combining character, which stands behind the letter in Unicode."""

MATH_ACCENTS: dict[str, str] = {
    "hat": "\u0302",
    "widehat": "\u0302",
    "check": "\u030c",
    "widecheck": "\u030c",
    "tilde": "\u0303",
    "widetilde": "\u0303",
    "acute": "\u0301",
    "grave": "\u0300",
    "dot": "\u0307",
    "ddot": "\u0308",
    "breve": "\u0306",
    "bar": "\u0304",
    "overline": "\u0305",
    "underline": "\u0332",
    "vec": "\u20d7",
    "mathring": "\u030a",
}


def _pairs(table: str) -> dict[str, str]:
    r"""Read lines of "macro character macro character …" into a dict."""
    words = table.split()
    return dict(zip(words[::2], words[1::2], strict=True))


LETTERS: dict[str, str] = _pairs(
    r"""
    ae æ AE Æ oe œ OE Œ aa å AA Å o ø O Ø l ł L Ł ss ß SS ẞ i ı j ȷ dh ð DH Ð dj đ DJ Đ th þ TH Þ
    ng ŋ NG Ŋ ij ĳ IJ Ĳ imath ı jmath ȷ ohorn ơ OHORN Ơ uhorn ư UHORN Ư
    textturna ɐ textschwa ə textesh ʃ textyogh ʒ textepsilon ɛ textopeno ɔ textglotstop ʔ
    texthtb ɓ texthtd ɗ texthtk ƙ textbeltl ɬ textgamma ɣ textiota ɩ texthvlig ƕ
    hbar ħ textcrh ħ hausaK Ƙ textayn ʿ textain ʿ ayn ʿ alif ʾ hamza ʾ textrevglotstop ʕ
    textbari ɨ textbaru ʉ textturnm ɯ textinvscr ʁ textscripta ɑ textltailn ɲ textrtailt ʈ
    """
)
"""Letters of the Latin script that have a macro of their own."""

GREEK: dict[str, str] = _pairs(
    r"""
    alpha α beta β gamma γ delta δ epsilon ε varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι
    kappa κ varkappa ϰ lambda λ mu μ nu ν xi ξ omicron ο pi π varpi ϖ rho ρ varrho ϱ sigma σ
    varsigma ς tau τ upsilon υ phi φ varphi φ chi χ psi ψ omega ω digamma ϝ
    Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Upsilon Υ Phi Φ Psi Ψ Omega Ω
    Alpha Α Beta Β Epsilon Ε Zeta Ζ Eta Η Iota Ι Kappa Κ Mu Μ Nu Ν Omicron Ο Rho Ρ Tau Τ Chi Χ
    textalpha α textbeta β textgamma γ textdelta δ textepsilon ε textzeta ζ texteta η texttheta θ
    textiota ι textkappa κ textlambda λ textmu µ textmugreek μ textnu ν textxi ξ textomikron ο
    textpi π textrho ρ textsigma σ textvarsigma ς texttau τ textupsilon υ textphi φ textchi χ
    textpsi ψ textomega ω
    upalpha α upbeta β upgamma γ updelta δ upepsilon ε upkappa κ uplambda λ upmu μ uppi π
    uprho ρ upsigma σ uptau τ upphi φ upchi χ uppsi ψ upomega ω upnu ν uptheta θ upeta η upzeta ζ
    textGamma Γ textDelta Δ textTheta Θ textLambda Λ textXi Ξ textPi Π textSigma Σ textUpsilon Υ
    textPhi Φ textPsi Ψ textOmega Ω textAlpha Α textBeta Β
    straightphi ϕ straightepsilon ϵ straighttheta θ
    """
)

CYRILLIC: dict[str, str] = _pairs(
    r"""
    CYRA А CYRB Б CYRV В CYRG Г CYRD Д CYRE Е CYRYO Ё CYRZH Ж CYRZ З CYRI И CYRISHRT Й CYRK К CYRL Л
    CYRM М CYRN Н CYRO О CYRP П CYRR Р CYRS С CYRT Т CYRU У CYRF Ф CYRH Х CYRC Ц CYRCH Ч CYRSH Ш
    CYRSHCH Щ CYRHRDSN Ъ CYRERY Ы CYRSFTSN Ь CYREREV Э CYRYU Ю CYRYA Я CYRII І CYRYI Ї CYRIE Є
    CYRGUP Ґ CYRUSHRT Ў CYRJE Ј CYRLJE Љ CYRNJE Њ CYRTSHE Ћ CYRDJE Ђ CYRDZHE Џ CYRDZE Ѕ
    CYRFITA Ѳ CYRYAT Ѣ CYRIZH Ѵ CYRSCHWA Ә CYROTLD Ө CYRY Ү CYRSHHA Һ CYRNG Ҥ CYRKDSC Қ CYRNDSC Ң
    cyra а cyrb б cyrv в cyrg г cyrd д cyre е cyryo ё cyrzh ж cyrz з cyri и cyrishrt й cyrk к cyrl л
    cyrm м cyrn н cyro о cyrp п cyrr р cyrs с cyrt т cyru у cyrf ф cyrh х cyrc ц cyrch ч cyrsh ш
    cyrshch щ cyrhrdsn ъ cyrery ы cyrsftsn ь cyrerev э cyryu ю cyrya я cyrii і cyryi ї cyrie є
    cyrgup ґ cyrushrt ў cyrje ј cyrlje љ cyrnje њ cyrtshe ћ cyrdje ђ cyrdzhe џ cyrdze ѕ
    cyrfita ѳ cyryat ѣ cyrizh ѵ cyrschwa ә cyrotld ө cyry ү cyrshha һ cyrng ҥ cyrkdsc қ cyrndsc ң
    CYRpalochka Ӏ cyrlangle ⟨ cyrrangle ⟩ cyrdash —
    """
)

SYMBOLS: dict[str, str] = {
    **_pairs(
        r"""
    textendash – textemdash — textquoteleft ‘ textquoteright ’ textquotedblleft “
    textquotedblright ” quotedblbase „ quotesinglbase ‚ textquotedbl " textquotesingle '
    guillemotleft « guillemotright » guillemetleft « guillemetright » guilsinglleft ‹
    guilsinglright › flqq « frqq » flq ‹ frq › glqq „ grqq “ glq ‚ grq ‘ dq " lq ‘ rq ’ og « fg »
    lqq “ rqq ” textquestiondown ¿ textexclamdown ¡ textbackslash \ backslash \ textasciitilde ~
    textasciicircum ^ textunderscore _ textbraceleft { textbraceright } lbrace { rbrace }
    textdollar $ textpercent % textsterling £ pounds £ texteuro € euro € EUR € textyen ¥ yen ¥
    textcent ¢ textcurrency ¤ textsection § S § textparagraph ¶ P ¶ dag † ddag ‡ textdagger †
    textdaggerdbl ‡ dagger † ddagger ‡ copyright © textcopyright © textregistered ®
    textservicemark ℠
    texttrademark ™ TM ™ textdegree ° degree ° textordfeminine ª textordmasculine º ordfeminine ª
    ordmasculine º textbullet • bullet • textperiodcentered · textcdot · cdotp · textellipsis …
    ldots … dots … dotsc … dotsb … textless < textgreater > textbar | textbardbl ‖ textasciigrave `
    textasciiacute ´ textasciidieresis ¨ textasciimacron ¯ textasciibreve ˘ textasciicaron ˇ
    textpm ± texttimes × textdiv ÷ textonehalf ½ textonequarter ¼ textthreequarters ¾
    textonesuperior ¹ texttwosuperior ² textthreesuperior ³ textnumero № No № textmho ℧ textohm Ω
    textcelsius ℃ celsius ℃ textperthousand ‰ permil ‰ textbrokenbar ¦ textlogicalnot ¬
    textleftarrow ← textrightarrow → textuparrow ↑ textdownarrow ↓ textasteriskcentered ∗
    textvisiblespace ␣ textmusicalnote ♪ textestimated ℮ textreferencemark ※ textminus −
    textfractionsolidus ⁄ textnineoldstyle 9 slash / textslash / textprime ′ prime ′
    guilsingleft ‹ guilsingright › textsurd √ textopenbullet ◦ textbigcircle ◯ textinterrobang ‽
    checkmark ✓ textsharp ♯ sharp ♯ flat ♭ natural ♮ textdoublehyphen ⸗ hyphen -
    textdblhyphen ⸗ textcopyleft 🄯 textwon ₩ textnaira ₦ textpeso ₱ textlira ₤ textdong ₫ textbaht ฿
    textbaselineone 1 textunderline _ lbrack [ rbrack ] textlbrackdbl ⟦ textrbrackdbl ⟧
    textlquill ⁅ textrquill ⁆ texthash # textampersand & textdollarsign $ textasterisk *
    textquotedblbase „ textglqq „ textgrqq “ textnbsp   LaTeX LaTeX
    """.replace("textnbsp   ", "")
    ),
    "textnbsp": "\u00a0",
    "nobreakspace": "\u00a0",
    "nobreakdash": "",
    "textvertline": "|",
    "TeX": "TeX",
    "BibTeX": "BibTeX",
    "BibLaTeX": "BibLaTeX",
    "BIBTeX": "BibTeX",
    "LaTeXe": "LaTeX2ε",
    "eTeX": "ε-TeX",
    "XeTeX": "XeTeX",
    "XeLaTeX": "XeLaTeX",
    "LuaTeX": "LuaTeX",
    "LuaLaTeX": "LuaLaTeX",
    "pdfTeX": "pdfTeX",
    "ConTeXt": "ConTeXt",
    "MF": "METAFONT",
    "METAFONT": "METAFONT",
    "MP": "METAPOST",
    "AMS": "AMS",
    "AmS": "AMS",
    "AMSTeX": "AMS-TeX",
    "AmSTeX": "AMS-TeX",
    "AMSLaTeX": "AMS-LaTeX",
    "AmSLaTeX": "AMS-LaTeX",
    "TUB": "TUGboat",
    "TUGboat": "TUGboat",
    "CTAN": "CTAN",
    "UNIX": "UNIX",
    "Cpp": "C++",
    "dots": "…",
    # spaces and what only sets type
    " ": " ",
    "\n": " ",
    "\t": " ",
    ",": "\u202f",
    "thinspace": "\u202f",
    ":": "\u2005",
    ";": "\u2004",
    ">": "\u2005",
    "!": "",
    "/": "",
    "-": "",
    "@": "",
    "enspace": "\u2002",
    "quad": "\u2003",
    "qquad": "\u2003\u2003",
    "emspace": "\u2003",
    "space": " ",
    "addspace": " ",
    "adddot": ".",
    "addcomma": ",",
    "addcolon": ":",
    "addsemicolon": ";",
    "addnbspace": "\u00a0",
    "addthinspace": "\u202f",
    "bibrangedash": "–",
    "textcompwordmark": "\u200c",
    "zwnj": "\u200c",
    "zwj": "\u200d",
    # escaped characters
    "&": "&",
    "%": "%",
    "$": "$",
    "#": "#",
    "_": "_",
    "{": "{",
    "}": "}",
    "|": "‖",
    "*": "",
    "+": "",
    "<": "",
}
"""Symbols and spaces of text: macro -> characters."""

MATH_SYMBOLS: dict[str, str] = _pairs(
    r"""
    times × cdot · div ÷ pm ± mp ∓ ast ∗ star ⋆ circ ∘ bullet • oplus ⊕ ominus ⊖ otimes ⊗
    oslash ⊘ odot ⊙ cap ∩ cup ∪ uplus ⊎ sqcap ⊓ sqcup ⊔ vee ∨ wedge ∧ lor ∨ land ∧ setminus ∖
    wr ≀ amalg ⨿ diamond ⋄ bigtriangleup △ bigtriangledown ▽ triangleleft ◁ triangleright ▷
    ltimes ⋉ rtimes ⋊ bowtie ⋈ Join ⋈ leq ≤ le ≤ geq ≥ ge ≥ leqslant ⩽ geqslant ⩾ ll ≪ gg ≫ neq ≠
    ne ≠ equiv ≡ approx ≈ sim ∼ simeq ≃ cong ≅ propto ∝ asymp ≍ doteq ≐ prec ≺ succ ≻ preceq ⪯
    succeq ⪰ subset ⊂ supset ⊃ subseteq ⊆ supseteq ⊇ subsetneq ⊊ in ∈ notin ∉ ni ∋ vdash ⊢ dashv ⊣
    models ⊨ perp ⊥ mid ∣ parallel ∥ lesssim ≲ gtrsim ≳ lessapprox ⪅ gtrapprox ⪆ triangleq ≜
    to → rightarrow → leftarrow ← gets ← leftrightarrow ↔ Rightarrow ⇒ Leftarrow ⇐
    Leftrightarrow ⇔ iff ⟺ implies ⟹ longrightarrow ⟶ longleftarrow ⟵ longleftrightarrow ⟷
    Longrightarrow ⟹ mapsto ↦ longmapsto ⟼ hookrightarrow ↪ hookleftarrow ↩ uparrow ↑ downarrow ↓
    updownarrow ↕ nearrow ↗ searrow ↘ swarrow ↙ nwarrow ↖ rightharpoonup ⇀ leftharpoonup ↼
    rightleftharpoons ⇌ leadsto ⇝ rightsquigarrow ⇝ twoheadrightarrow ↠ dashrightarrow ⇢
    infty ∞ partial ∂ nabla ∇ forall ∀ exists ∃ nexists ∄ neg ¬ lnot ¬ emptyset ∅ varnothing ∅
    aleph ℵ beth ℶ hbar ℏ hslash ℏ ell ℓ wp ℘ Re ℜ Im ℑ angle ∠ triangle △ top ⊤ bot ⊥ surd √
    sum ∑ prod ∏ coprod ∐ int ∫ iint ∬ iiint ∭ oint ∮ bigcup ⋃ bigcap ⋂ bigvee ⋁ bigwedge ⋀
    bigoplus ⨁ bigotimes ⨂ langle ⟨ rangle ⟩ lfloor ⌊ rfloor ⌋ lceil ⌈ rceil ⌉ vert | Vert ‖
    lvert | rvert | lVert ‖ rVert ‖ cdots ⋯ vdots ⋮ ddots ⋱ ldots … dots … square □ Box □ Diamond ◇
    blacksquare ■ lozenge ◊ clubsuit ♣ diamondsuit ♢ heartsuit ♡ spadesuit ♠ odot ⊙ oint ∮
    degree ° prime ′ dagger † ddagger ‡ sqrt √ therefore ∴ because ∵ complement ∁ eth ð mho ℧
    sharp ♯ flat ♭ natural ♮ sqsubset ⊏ sqsubseteq ⊑ sqsupset ⊐ sqsupseteq ⊒ Box □ nmid ∤
    nsubseteq ⊈ nleq ≰ ngeq ≱ models ⊨ vDash ⊨ Vdash ⊩ dagger † backslash \ lbrace { rbrace }
    colon : lt < gt > S § P ¶ AA Å Bbbk 𝕜 lhd ⊲ rhd ⊳ unlhd ⊴ unrhd ⊵ doublecap ⋒ boxtimes ⊠
    boxplus ⊞ smallsetminus ∖ upharpoonright ↾ restriction ↾ bigcirc ◯ multimap ⊸ permil ‰
    lbrack [ rbrack ] textless < textgreater > smile ⌣ frown ⌢ ominus ⊖ circledast ⊛ asterisk ∗
    cent ¢ pounds £ euro € copyright © micro µ ohm Ω angstrom Å celsius ℃ rightleftarrows ⇄
    textrightarrow → textleftarrow ← textuparrow ↑ textdownarrow ↓ textasciitilde ~ ring ˚
    """
)
"""Symbols of mathematics; many .bib files use them outside of math, where they are read alike."""

MATH_SYMBOLS.update(
    {"*": "", "int": "∫", "quad": " ", "qquad": " ", " ": " ", ",": "", ";": "", ":": ""}
)
MATH_SYMBOLS.update({"!": "", ">": "", "{": "{", "}": "}", "|": "‖", "%": "%", "&": "&", "#": "#"})
MATH_SYMBOLS.update({"_": "_", "$": "$", "/": "", "-": "", "thinspace": "", "space": " "})

OPERATORS = words("""
    log ln lg exp sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh coth lim limsup
    liminf max min sup inf arg argmax argmin det dim ker deg gcd hom Pr mod bmod Hom Ext Tor
    Spec rank tr id im
    """)
"""Operators of mathematics that are set by their own names."""

BLACKBOARD: dict[str, str] = {
    **{chr(ord("A") + i): c for i, c in enumerate("𝔸𝔹ℂ𝔻𝔼𝔽𝔾ℍ𝕀𝕁𝕂𝕃𝕄ℕ𝕆ℙℚℝ𝕊𝕋𝕌𝕍𝕎𝕏𝕐ℤ")},
    "k": "𝕜",
    "1": "𝟙",
}
CALLIGRAPHIC: dict[str, str] = {
    chr(ord("A") + i): c for i, c in enumerate("𝒜ℬ𝒞𝒟ℰℱ𝒢ℋℐ𝒥𝒦ℒℳ𝒩𝒪𝒫𝒬ℛ𝒮𝒯𝒰𝒱𝒲𝒳𝒴𝒵")
}
FRAKTUR: dict[str, str] = {
    **{chr(ord("A") + i): c for i, c in enumerate("𝔄𝔅ℭ𝔇𝔈𝔉𝔊ℌℑ𝔍𝔎𝔏𝔐𝔑𝔒𝔓𝔔ℜ𝔖𝔗𝔘𝔙𝔚𝔛𝔜ℨ")},
    **{chr(ord("a") + i): c for i, c in enumerate("𝔞𝔟𝔠𝔡𝔢𝔣𝔤𝔥𝔦𝔧𝔨𝔩𝔪𝔫𝔬𝔭𝔮𝔯𝔰𝔱𝔲𝔳𝔴𝔵𝔶𝔷")},
}

SUPERSCRIPTS = dict(zip("0123456789+-=()nia", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱᵃ", strict=True))
SUBSCRIPTS = dict(zip("0123456789+-=()aeox", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₒₓ", strict=True))
