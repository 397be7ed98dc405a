"""Names of months and seasons in the languages that bibliographies are written in. Data only."""

import unicodedata

_NAMES = """
january jan january. jan. januar jänner jän janvier janv enero ene gennaio gen januari janeiro
  января янв январь styczeń stycznia sty ledna leden ocak tammikuu január januarie ianuarie ian
  ιανουάριος sječanj siječanj gener 1月
february feb febr februar feber février fevrier fév fevr févr febrero febbraio februari
  fevereiro fev февраля фев февраль luty lutego lut února únor şubat helmikuu február februarie
  φεβρουάριος veljača febrer 2月
march mar mär märz maerz mars marzo maart maa março marco марта мар март marzec marca března
  březen mart maaliskuu március marec martie μάρτιος ožujak març 3月
april apr avril avr abril abr aprile aprilis апреля апр апрель kwiecień kwietnia kwi dubna duben
  nisan huhtikuu április apríl aprilie απρίλιος travanj 4月
may mai mayo maggio mag mei maio maj maja май мая května květen mayıs toukokuu május máj μάιος
  svibanj maig 5月
june jun juni juin junio giugno giu junho июня июн июнь czerwiec czerwca cze června červen
  haziran kesäkuu június jún iunie ιούνιος lipanj juny 6月
july jul juli juillet juil julio luglio lug julho июля июл июль lipiec lipca lip července
  červenec temmuz heinäkuu július júl iulie ιούλιος srpanj juliol 7月
august aug août aout agosto ago augusti augustus августа авг август sierpień sierpnia sie srpna
  srpen ağustos elokuu augusztus αύγουστος kolovoz agost 8月
september sep sept septembre septiembre settembre set setembro september. сентября сен сент
  сентябрь wrzesień września wrz září eylül syyskuu szeptember septembrie σεπτέμβριος rujan
  setembre 9月
october oct okt oktober octobre octubre ottobre ott outubro out октября окт октябрь październik
  października paź října říjen ekim lokakuu október octombrie οκτώβριος 10月
november nov novembre noviembre novembro ноября ноя нояб ноябрь listopad listopada lis listopadu
  kasım marraskuu noiembrie νοέμβριος studeni 11月
december dec dez dezember décembre decembre déc diciembre dic dicembre dezembro декабря дек
  декабрь grudzień grudnia gru prosince prosinec aralık joulukuu decembrie δεκέμβριος prosinac
  desembre 12月
"""

_SEASONS = """
spring frühling frühjahr printemps primavera lente весна wiosna vår forår bahar
summer sommer été ete verano estate zomer лето lato sommar yaz
autumn fall herbst automne otoño autunno outono herfst осень jesień höst efterår sonbahar
winter hiver invierno inverno зима zima vinter kış
"""


def folded(name: str) -> str:
    """Return a name as the table spells it: small letters, without accents and full stops."""
    decomposed = unicodedata.normalize("NFD", name.strip().rstrip(".").casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def _table(names: str, first: int) -> dict[str, int]:
    found: dict[str, int] = {}
    months = names.strip().replace("\n  ", " ").splitlines()
    for number, line in enumerate(months, start=first):
        for name in line.split():
            found.setdefault(folded(name), number)
    return found


MONTHS: dict[str, int] = _table(_NAMES, 1) | _table(_SEASONS, 21)
"""Folded name -> 1 to 12; seasons 21 (spring) to 24 (winter), as EDTF counts them.

A name that two languages give to different months ("listopad": Polish November, Croatian October;
"srpen", "srpanj") goes to the one met first in the table.
"""

ABBREVIATED: dict[int, str] = {
    1: "Jan",
    2: "Feb",
    3: "Mar",
    4: "Apr",
    5: "May",
    6: "Jun",
    7: "Jul",
    8: "Aug",
    9: "Sep",
    10: "Oct",
    11: "Nov",
    12: "Dec",
    21: "Spring",
    22: "Summer",
    23: "Autumn",
    24: "Winter",
}
"""Month or season of EDTF -> its English name, as PubMed abbreviates it."""
