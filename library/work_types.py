"""One table: what each format calls each type of work.

A row is read from left to right for writing (the first row with the CSL type gives the target's
word, unless `genre` picks a later row) and from its own column for reading (the first row with
the word gives the CSL type). So the order of rows matters: the usual meaning comes first.

Sources: CSL 1.0.2, appendix III; biblatex manual 2.1; Crossref REST API, /types; RIS format
specification (2011); Zotero schema, csl type map; schema.org, CreativeWork.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WorkType:
    """One kind of work under its names; "" where a format has no word of its own for it."""

    csl: str
    biblatex: str
    bibtex: str
    crossref: str
    ris: str
    zotero: str
    schema_org: str
    label: str  # for people
    genre: str = ""  # the CSL genre that this row, and no other of its CSL type, stands for
    subtype: str = ""  # biblatex entrysubtype


# fmt: off
WORK_TYPES: tuple[WorkType, ...] = (
    # csl, biblatex, bibtex, crossref, ris, zotero, schema.org, label, genre, entrysubtype
    WorkType("article-journal", "article", "article", "journal-article", "JOUR", "journalArticle", "ScholarlyArticle", "Journal article"),
    WorkType("article-magazine", "article", "article", "", "MGZN", "magazineArticle", "Article", "Magazine article", "", "magazine"),
    WorkType("article-newspaper", "article", "article", "", "NEWS", "newspaperArticle", "NewsArticle", "Newspaper article", "", "newspaper"),
    WorkType("article", "online", "misc", "posted-content", "UNPB", "preprint", "ScholarlyArticle", "Preprint", "", "preprint"),
    WorkType("book", "book", "book", "book", "BOOK", "book", "Book", "Book"),
    WorkType("book", "book", "book", "monograph", "BOOK", "book", "Book", "Book"),
    WorkType("book", "mvbook", "book", "book-set", "BOOK", "book", "Book", "Book"),
    WorkType("book", "collection", "book", "edited-book", "EDBOOK", "book", "Book", "Book"),
    WorkType("book", "mvcollection", "book", "book-series", "EDBOOK", "book", "Book", "Book"),
    WorkType("book", "reference", "book", "reference-book", "EDBOOK", "book", "Book", "Book"),
    WorkType("book", "mvreference", "book", "", "BOOK", "book", "Book", "Book"),
    WorkType("book", "proceedings", "proceedings", "proceedings", "CONF", "book", "Book", "Proceedings"),
    WorkType("book", "mvproceedings", "proceedings", "proceedings-series", "CONF", "book", "Book", "Proceedings"),
    WorkType("chapter", "incollection", "incollection", "book-chapter", "CHAP", "bookSection", "Chapter", "Book chapter"),
    WorkType("chapter", "inbook", "inbook", "book-section", "CHAP", "bookSection", "Chapter", "Book chapter"),
    WorkType("chapter", "bookinbook", "inbook", "book-part", "CHAP", "bookSection", "Chapter", "Book chapter"),
    WorkType("chapter", "suppbook", "inbook", "book-track", "CHAP", "bookSection", "Chapter", "Book chapter"),
    WorkType("chapter", "suppcollection", "inbook", "", "CHAP", "bookSection", "Chapter", "Book chapter"),
    WorkType("article-journal", "suppperiodical", "article", "", "JOUR", "journalArticle", "ScholarlyArticle", "Journal article"),
    WorkType("entry-encyclopedia", "inreference", "incollection", "reference-entry", "ENCYC", "encyclopediaArticle", "Article", "Encyclopedia entry"),
    WorkType("entry-dictionary", "inreference", "incollection", "", "DICT", "dictionaryEntry", "DefinedTerm", "Dictionary entry", "", "dictionary"),
    WorkType("entry", "inreference", "incollection", "", "ENCYC", "encyclopediaArticle", "Article", "Reference entry", "", "entry"),
    WorkType("paper-conference", "inproceedings", "inproceedings", "proceedings-article", "CPAPER", "conferencePaper", "ScholarlyArticle", "Conference paper"),
    WorkType("periodical", "periodical", "misc", "journal", "JFULL", "journalArticle", "Periodical", "Periodical"),
    WorkType("periodical", "periodical", "misc", "journal-volume", "JFULL", "journalArticle", "Periodical", "Periodical"),
    WorkType("periodical", "periodical", "misc", "journal-issue", "JFULL", "journalArticle", "PublicationIssue", "Periodical"),
    WorkType("report", "report", "techreport", "report", "RPRT", "report", "Report", "Report"),
    WorkType("report", "techreport", "techreport", "", "RPRT", "report", "Report", "Report", "Technical report"),
    WorkType("report", "report", "techreport", "report-component", "RPRT", "report", "Report", "Report"),
    WorkType("report", "report", "techreport", "report-series", "RPRT", "report", "Report", "Report"),
    WorkType("thesis", "thesis", "phdthesis", "dissertation", "THES", "thesis", "Thesis", "Thesis"),
    WorkType("thesis", "phdthesis", "phdthesis", "", "THES", "thesis", "Thesis", "Thesis", "PhD thesis"),
    WorkType("thesis", "mastersthesis", "mastersthesis", "", "THES", "thesis", "Thesis", "Thesis", "Master’s thesis"),
    WorkType("dataset", "dataset", "misc", "dataset", "DATA", "dataset", "Dataset", "Dataset"),
    WorkType("dataset", "dataset", "misc", "database", "DATA", "dataset", "Dataset", "Dataset"),
    WorkType("software", "software", "misc", "", "COMP", "computerProgram", "SoftwareSourceCode", "Software"),
    WorkType("standard", "standard", "misc", "standard", "STAND", "standard", "CreativeWork", "Standard"),
    WorkType("patent", "patent", "misc", "", "PAT", "patent", "CreativeWork", "Patent"),
    WorkType("review", "review", "article", "peer-review", "JOUR", "journalArticle", "Review", "Review"),
    WorkType("review-book", "review", "article", "", "JOUR", "journalArticle", "Review", "Book review", "", "book"),
    WorkType("webpage", "online", "misc", "", "ELEC", "webpage", "WebPage", "Web page"),
    WorkType("post-weblog", "online", "misc", "", "BLOG", "blogPost", "BlogPosting", "Blog post", "", "blog"),
    WorkType("post", "online", "misc", "", "ELEC", "forumPost", "SocialMediaPosting", "Post", "", "post"),
    WorkType("pamphlet", "booklet", "booklet", "", "PAMP", "document", "CreativeWork", "Leaflet"),
    WorkType("manuscript", "unpublished", "unpublished", "", "MANSCPT", "manuscript", "Manuscript", "Manuscript"),
    WorkType("speech", "unpublished", "misc", "", "SLIDE", "presentation", "PresentationDigitalDocument", "Presentation", "", "speech"),
    WorkType("motion_picture", "movie", "misc", "", "MPCT", "film", "Movie", "Film"),
    WorkType("broadcast", "video", "misc", "", "VIDEO", "tvBroadcast", "VideoObject", "Video or broadcast"),
    WorkType("song", "audio", "misc", "", "SOUND", "audioRecording", "AudioObject", "Audio recording"),
    WorkType("musical_score", "music", "misc", "", "MUSIC", "document", "SheetMusic", "Musical score"),
    WorkType("performance", "performance", "misc", "", "GEN", "presentation", "TheaterEvent", "Performance"),
    WorkType("graphic", "artwork", "misc", "", "ART", "artwork", "VisualArtwork", "Artwork"),
    WorkType("graphic", "image", "misc", "", "ART", "artwork", "ImageObject", "Image"),
    WorkType("figure", "image", "misc", "component", "FIGURE", "artwork", "ImageObject", "Figure", "", "figure"),
    WorkType("map", "image", "misc", "", "MAP", "map", "Map", "Map", "", "map"),
    WorkType("personal_communication", "letter", "misc", "", "PCOMM", "letter", "Message", "Letter"),
    WorkType("interview", "misc", "misc", "", "GEN", "interview", "CreativeWork", "Interview", "", "interview"),
    WorkType("legal_case", "jurisdiction", "misc", "", "CASE", "case", "CreativeWork", "Court decision"),
    WorkType("legislation", "legislation", "misc", "", "STAT", "statute", "Legislation", "Legislation"),
    WorkType("regulation", "legislation", "misc", "", "STAT", "statute", "Legislation", "Regulation", "", "regulation"),
    WorkType("bill", "legal", "misc", "", "BILL", "bill", "Legislation", "Bill", "", "bill"),
    WorkType("hearing", "legal", "misc", "", "HEAR", "hearing", "CreativeWork", "Hearing", "", "hearing"),
    WorkType("treaty", "legal", "misc", "", "STAT", "statute", "Legislation", "Treaty"),
    WorkType("classic", "book", "book", "", "CLSWK", "book", "Book", "Classic", "", "classic"),
    WorkType("collection", "misc", "misc", "", "GEN", "document", "Collection", "Collection", "", "collection"),
    WorkType("event", "misc", "misc", "", "GEN", "presentation", "Event", "Event", "", "event"),
    WorkType("document", "misc", "misc", "other", "GEN", "document", "CreativeWork", "Document"),
    WorkType("document", "misc", "misc", "grant", "GRANT", "document", "Grant", "Document"),
)
# fmt: on
