"""Words that .bib files use with a fixed meaning. Data only.

Sources: biblatex manual, 2.2 (fields, aliases) and 4.9.2 (localisation keys, with the texts of
english.lbx); babel's and polyglossia's language names; BCP 47.
"""

from library.formats.bibtex.wordlist import mapping, words
from library.work import Role

FIELD_ALIASES: dict[str, str] = {
    "journal": "journaltitle",
    "address": "location",
    "annote": "annotation",
    "archiveprefix": "eprinttype",
    "primaryclass": "eprintclass",
    "hyphenation": "langid",
    "pmc": "pmcid",
    "urlaccessdate": "urldate",
    "lastchecked": "urldate",
    "lastaccessed": "urldate",
    "accessdate": "urldate",
    "accessed": "urldate",
    "keyword": "keywords",
    "shortjournaltitle": "shortjournal",
    "journalabbreviation": "shortjournal",
    "journal_abbrv": "shortjournal",
    "numpages": "pagetotal",
}
"""Other names of a field; they count where the field itself is missing."""

BIBLATEX_FIELDS = words("""
    date journaltitle location langid hyphenation eventdate origdate urldate eprinttype
    eprintclass maintitle subtitle titleaddon bookauthor editortype pubstate venue entrysubtype
    xdata institution
    """) - {"institution"}
"""Fields that only biblatex knows: an entry with one of them is in biblatex's dialect."""

EDITOR_TYPES: dict[str, Role] = {
    "editor": "editor",
    "compiler": "compiler",
    "director": "director",
    "producer": "producer",
    "organizer": "organizer",
    "organiser": "organizer",
    "translator": "translator",
    "execproducer": "executive-producer",
    "writer": "script-writer",
    "narrator": "narrator",
    "host": "host",
    "performer": "performer",
    "illustrator": "illustrator",
    "curator": "curator",
    "series-editor": "collection-editor",
    "serieseditor": "collection-editor",
}
"""biblatex `editortype` -> CSL role. The types that CSL has no role for stay editors."""

NAME_FIELDS: dict[str, Role] = {
    "author": "author",
    "bookauthor": "container-author",
    "container-author": "container-author",
    "editor": "editor",
    "editora": "editor",
    "editorb": "editor",
    "editorc": "editor",
    "translator": "translator",
    "chair": "chair",
    "collection-editor": "collection-editor",
    "serieseditor": "collection-editor",
    "compiler": "compiler",
    "composer": "composer",
    "contributor": "contributor",
    "curator": "curator",
    "director": "director",
    "editor-translator": "editor-translator",
    "editorial-director": "editorial-director",
    "executive-producer": "executive-producer",
    "guest": "guest",
    "host": "host",
    "illustrator": "illustrator",
    "interviewer": "interviewer",
    "narrator": "narrator",
    "organizer": "organizer",
    "original-author": "original-author",
    "performer": "performer",
    "producer": "producer",
    "recipient": "recipient",
    "reviewed-author": "reviewed-author",
    "script-writer": "script-writer",
    "series-creator": "series-creator",
}
"""Field of names -> CSL role, in the order in which roles are read."""

PUBSTATES: dict[str, str] = {
    "inpreparation": "in preparation",
    "submitted": "submitted",
    "forthcoming": "forthcoming",
    "inpress": "in press",
    "prepublished": "pre-published",
}

GENRES: dict[str, str] = {
    "bathesis": "Bachelor’s thesis",
    "mathesis": "Master’s thesis",
    "phdthesis": "PhD thesis",
    "candthesis": "Candidate thesis",
    "techreport": "Technical report",
    "resreport": "Research report",
    "software": "Software",
    "datacd": "CD-ROM",
    "audiocd": "Audio CD",
    "patent": "Patent",
    "patentde": "German patent",
    "patenteu": "European patent",
    "patentfr": "French patent",
    "patentuk": "British patent",
    "patentus": "U.S. patent",
    "patreq": "Patent request",
    "patreqde": "German patent request",
    "patreqeu": "European patent request",
    "patreqfr": "French patent request",
    "patrequk": "British patent request",
    "patrequs": "U.S. patent request",
}
"""biblatex's keys for the field `type`, in English: a genre is for people of all tongues."""

PLACES: dict[str, str] = {
    "countryde": "Germany",
    "countryeu": "European Union",
    "countryep": "European Union",
    "countryfr": "France",
    "countryuk": "United Kingdom",
    "countryus": "United States of America",
}

SERIES: dict[str, str] = {"newseries": "New series", "oldseries": "Old series"}

LANGIDS: dict[str, str] = mapping("""
    american:en-US usenglish:en-US english:en-US british:en-GB ukenglish:en-GB australian:en-AU
    canadian:en-CA newzealand:en-NZ ngerman:de-DE german:de-DE germanb:de-DE austrian:de-AT
    naustrian:de-AT swissgerman:de-CH nswissgerman:de-CH french:fr-FR francais:fr-FR
    acadian:fr-CA canadien:fr-CA spanish:es-ES mexican:es-MX italian:it-IT portuguese:pt-PT
    portuges:pt-PT brazilian:pt-BR brazil:pt-BR dutch:nl-NL afrikaans:af-ZA danish:da-DK
    swedish:sv-SE norsk:nb-NO norwegian:nb-NO nynorsk:nn-NO finnish:fi-FI icelandic:is-IS
    polish:pl-PL czech:cs-CZ slovak:sk-SK slovene:sl-SI slovenian:sl-SI croatian:hr-HR
    serbian:sr-RS serbianc:sr-Cyrl-RS bosnian:bs-BA bulgarian:bg-BG macedonian:mk-MK
    russian:ru-RU ukrainian:uk-UA belarusian:be-BY hungarian:hu-HU magyar:hu-HU romanian:ro-RO
    turkish:tr-TR greek:el-GR polutonikogreek:el-polyton hebrew:he-IL arabic:ar persian:fa-IR
    farsi:fa-IR latin:la catalan:ca-ES galician:gl-ES basque:eu-ES breton:br-FR welsh:cy-GB
    irish:ga-IE scottish:gd-GB estonian:et-EE latvian:lv-LV lithuanian:lt-LT japanese:ja-JP
    korean:ko-KR chinese:zh-CN vietnamese:vi-VN thai:th-TH hindi:hi-IN sanskrit:sa
    indonesian:id-ID bahasai:id-ID malay:ms-MY esperanto:eo interlingua:ia albanian:sq-AL
    armenian:hy-AM georgian:ka-GE mongolian:mn-MN tamil:ta-IN bengali:bn-IN
    """)
"""Babel's language names -> BCP 47, with the country that babel means by the bare name."""

LANGUAGE_CODES = words("""
    aa ab af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da
    de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy
    hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg
    li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or
    os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta
    te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
    """)
"""ISO 639-1."""

EPRINT_ARCHIVES: dict[str, str] = {
    "arxiv": "arXiv",
    "jstor": "JSTOR",
    "googlebooks": "Google Books",
    "hdl": "Handle",
    "hal": "HAL",
    "biorxiv": "bioRxiv",
    "medrxiv": "medRxiv",
    "chemrxiv": "ChemRxiv",
    "psyarxiv": "PsyArXiv",
    "socarxiv": "SocArXiv",
    "ssrn": "SSRN",
    "repec": "RePEc",
    "iacr": "IACR",
}
"""biblatex `eprinttype` in lower case -> the archive's name."""

LANGUAGE_NAMES: dict[str, str] = mapping("""
    deutsch:de eng:en deu:de ger:de français:fr francais:fr fra:fr fre:fr español:es spa:es
    italiano:it ita:it português:pt por:pt nederlands:nl nld:nl dut:nl dansk:da dan:da
    svenska:sv swe:sv nor:no suomi:fi fin:fi íslenska:is isl:is ice:is polski:pl pol:pl
    čeština:cs česky:cs ces:cs cze:cs slovenčina:sk slk:sk slo:sk slv:sl hrvatski:hr hrv:hr
    srp:sr bul:bg русский:ru rus:ru українська:uk ukr:uk magyar:hu hun:hu română:ro ron:ro
    rum:ro türkçe:tr tur:tr ελληνικά:el ell:el gre:el heb:he ara:ar fas:fa per:fa lat:la
    català:ca cat:ca glg:gl eus:eu baq:eu gle:ga cym:cy wel:cy est:et lav:lv lit:lt 日本語:ja
    jpn:ja 한국어:ko kor:ko 中文:zh zho:zh chi:zh vie:vi tha:th hin:hi ind:id msa:ms may:ms afr:af
    sqi:sq alb:sq hye:hy arm:hy kat:ka geo:ka
    """)
"""Languages by their own names and by ISO 639-2 -> BCP 47, which wants the shortest code."""
