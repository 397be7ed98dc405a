"""Which field of Zotero holds which CSL variable, for each of its item types.

Source: Zotero's schema (github.com/zotero/zotero-schema), itemTypes and csl.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class ItemType:
    """What one item type of Zotero can hold."""

    fields: dict[str, str]  # CSL variable -> Zotero's field
    creators: dict[str, str]  # CSL name variable -> Zotero's creator type


# Every item type has these; the dates, the title and the identifiers are written apart.
_COMMON: Final = {
    "title-short": "shortTitle",
    "archive": "archive",
    "archive_location": "archiveLocation",
    "source": "libraryCatalog",
    "call-number": "callNumber",
    "license": "rights",
    "language": "language",
    "abstract": "abstractNote",
    "URL": "url",
}
_BOOK: Final = (
    "collection-title=series collection-number=seriesNumber volume=volume"
    " number-of-volumes=numberOfVolumes edition=edition publisher=publisher publisher-place=place"
    " ISBN=ISBN"
)
_MAKERS: Final = "author=author contributor=contributor"
_IN_BOOK: Final = (
    "author=author container-author=bookAuthor contributor=contributor editor=editor"
    " collection-editor=seriesEditor translator=translator"
)
_BROADCAST: Final = (
    "director=director script-writer=scriptwriter producer=producer performer=castMember"
    " contributor=contributor guest=guest"
)

# Zotero's item type: (fields, creators), each "CSL variable=its name in Zotero".
_TYPES: Final = {
    "journalArticle": (
        (
            "container-title=publicationTitle volume=volume issue=issue page=pages"
            " collection-title=series container-title-short=journalAbbreviation DOI=DOI ISSN=ISSN"
        ),
        f"{_MAKERS} editor=editor reviewed-author=reviewedAuthor translator=translator",
    ),
    "magazineArticle": (
        "container-title=publicationTitle volume=volume issue=issue page=pages ISSN=ISSN",
        f"{_MAKERS} reviewed-author=reviewedAuthor translator=translator",
    ),
    "newspaperArticle": (
        (
            "container-title=publicationTitle publisher-place=place edition=edition section=section"
            " page=pages ISSN=ISSN"
        ),
        f"{_MAKERS} reviewed-author=reviewedAuthor translator=translator",
    ),
    "book": (
        f"{_BOOK} number-of-pages=numPages",
        f"{_MAKERS} editor=editor collection-editor=seriesEditor translator=translator",
    ),
    "bookSection": (f"container-title=bookTitle page=pages {_BOOK}", _IN_BOOK),
    "encyclopediaArticle": (
        f"container-title=encyclopediaTitle page=pages {_BOOK}",
        f"{_MAKERS} editor=editor collection-editor=seriesEditor translator=translator",
    ),
    "dictionaryEntry": (
        f"container-title=dictionaryTitle page=pages {_BOOK}",
        f"{_MAKERS} editor=editor collection-editor=seriesEditor translator=translator",
    ),
    "conferencePaper": (
        (
            "container-title=proceedingsTitle event-title=conferenceName publisher-place=place"
            " publisher=publisher volume=volume page=pages collection-title=series DOI=DOI"
            " ISBN=ISBN"
        ),
        f"{_MAKERS} editor=editor collection-editor=seriesEditor translator=translator",
    ),
    "report": (
        (
            "number=reportNumber genre=reportType collection-title=seriesTitle"
            " publisher-place=place"
            " publisher=institution page=pages"
        ),
        f"{_MAKERS} collection-editor=seriesEditor translator=translator",
    ),
    "thesis": (
        "genre=thesisType publisher=university publisher-place=place number-of-pages=numPages",
        _MAKERS,
    ),
    "preprint": (
        (
            "genre=genre publisher=repository number=archiveID publisher-place=place"
            " collection-title=series collection-number=seriesNumber DOI=DOI"
        ),
        f"{_MAKERS} editor=editor reviewed-author=reviewedAuthor translator=translator",
    ),
    "dataset": (
        (
            "number=identifier genre=type version=versionNumber publisher=repository"
            " publisher-place=repositoryLocation medium=format DOI=DOI"
        ),
        _MAKERS,
    ),
    "standard": (
        (
            "authority=organization genre=type number=number version=versionNumber status=status"
            " publisher=publisher publisher-place=place DOI=DOI number-of-pages=numPages"
        ),
        _MAKERS,
    ),
    "computerProgram": (
        (
            "collection-title=seriesTitle version=versionNumber medium=system publisher=company"
            " publisher-place=place genre=programmingLanguage ISBN=ISBN"
        ),
        "author=programmer contributor=contributor",
    ),
    "patent": (
        (
            "publisher-place=place authority=issuingAuthority number=patentNumber"
            " submitted=filingDate page=pages call-number=applicationNumber issue=priorityNumbers"
            " references=references status=legalStatus"
        ),
        "author=inventor contributor=contributor",
    ),
    "webpage": (
        "container-title=websiteTitle genre=websiteType",
        f"{_MAKERS} translator=translator",
    ),
    "blogPost": ("container-title=blogTitle genre=websiteType", _MAKERS),
    "forumPost": ("container-title=forumTitle genre=postType", _MAKERS),
    "document": (
        "publisher=publisher",
        f"{_MAKERS} editor=editor reviewed-author=reviewedAuthor translator=translator",
    ),
    "manuscript": (
        "genre=manuscriptType publisher-place=place number-of-pages=numPages",
        f"{_MAKERS} translator=translator",
    ),
    "presentation": (
        "genre=presentationType publisher-place=place event-title=meetingName",
        "author=presenter contributor=contributor",
    ),
    "film": (
        "publisher=distributor genre=genre medium=videoRecordingFormat dimensions=runningTime",
        (
            "author=contributor contributor=contributor director=director"
            " script-writer=scriptwriter producer=producer"
        ),
    ),
    "tvBroadcast": (
        (
            "container-title=programTitle number=episodeNumber medium=videoRecordingFormat"
            " publisher-place=place publisher=network dimensions=runningTime"
        ),
        f"author=contributor {_BROADCAST}",
    ),
    "audioRecording": (
        (
            "medium=audioRecordingFormat collection-title=seriesTitle volume=volume"
            " number-of-volumes=numberOfVolumes publisher-place=place publisher=label"
            " dimensions=runningTime ISBN=ISBN"
        ),
        "author=performer performer=performer composer=composer contributor=contributor",
    ),
    "artwork": ("medium=artworkMedium dimensions=artworkSize", "author=artist"),
    "map": (
        (
            "genre=mapType scale=scale collection-title=seriesTitle edition=edition"
            " publisher-place=place publisher=publisher ISBN=ISBN"
        ),
        "author=cartographer contributor=contributor collection-editor=seriesEditor",
    ),
    "letter": ("genre=letterType", f"{_MAKERS} recipient=recipient"),
    "interview": (
        "medium=interviewMedium",
        "author=interviewee contributor=contributor interviewer=interviewer translator=translator",
    ),
    "case": (
        (
            "container-title=reporter volume=reporterVolume authority=court number=docketNumber"
            " page=firstPage references=history"
        ),
        _MAKERS,
    ),
    "statute": (
        (
            "container-title=code volume=codeNumber number=publicLawNumber page=pages"
            " section=section chapter-number=session references=history"
        ),
        _MAKERS,
    ),
    "bill": (
        (
            "number=billNumber container-title=code volume=codeVolume section=section"
            " page=codePages authority=legislativeBody chapter-number=session references=history"
        ),
        "author=sponsor contributor=contributor",
    ),
    "hearing": (
        (
            "section=committee publisher-place=place publisher=publisher"
            " number-of-volumes=numberOfVolumes number=documentNumber page=pages"
            " authority=legislativeBody chapter-number=session references=history"
        ),
        "author=contributor contributor=contributor",
    ),
    # Read only: no CSL type leads to these.
    "videoRecording": (
        (
            "medium=videoRecordingFormat collection-title=seriesTitle volume=volume"
            " number-of-volumes=numberOfVolumes publisher-place=place publisher=studio"
            " dimensions=runningTime ISBN=ISBN"
        ),
        _BROADCAST,
    ),
    "radioBroadcast": (
        (
            "container-title=programTitle number=episodeNumber medium=audioRecordingFormat"
            " publisher-place=place publisher=network dimensions=runningTime"
        ),
        _BROADCAST,
    ),
    "podcast": (
        (
            "collection-title=seriesTitle number=episodeNumber medium=audioFileType"
            " dimensions=runningTime"
        ),
        "author=podcaster contributor=contributor guest=guest",
    ),
    "email": ("", f"{_MAKERS} recipient=recipient"),
    "instantMessage": ("", f"{_MAKERS} recipient=recipient"),
}


def _pairs(text: str) -> dict[str, str]:
    return dict(pair.split("=") for pair in text.split())


ITEM_TYPES: Final = {
    name: ItemType({**_COMMON, **_pairs(fields)}, _pairs(creators))
    for name, (fields, creators) in _TYPES.items()
}

# The name that a statute, a case or an e-mail gives its title and date.
TITLE_FIELDS: Final = {
    "case": "caseName",
    "statute": "nameOfAct",
    "email": "subject",
}
DATE_FIELDS: Final = {"case": "dateDecided", "statute": "dateEnacted", "patent": "issueDate"}
READ_AS: Final = {
    "videoRecording": "motion_picture",
    "radioBroadcast": "broadcast",
    "podcast": "song",
    "email": "personal_communication",
    "instantMessage": "personal_communication",
}
"""Zotero's types that no CSL type leads to -> CSL type."""
