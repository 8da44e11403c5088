"""Synthetic claims in the shape of the real ones, the same for the same size: Turtle, one text a named graph.

A theme is what some ten documents write about: its Questions, speakers, utterances, sources and copied text. More
claims are more themes. What themes share is what grows with them in reality too: a few states that many Questions are
about and that most speakers belong to, some news agencies, and outlets that write about everything.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from lodeclaim.namespaces import GRAPHS, PREFIXES

SEED = 20261122
CLAIMS_PER_DOCUMENT = 100
CLAIMS_PER_THEME = 1000
REMARKS = 0.2

# The first is what one of four percentages is about, as China is in a corpus on minerals.
STATES = ("chn", "usa", "jpn", "ind", "aus", "kor", "deu", "can", "sau", "are", "kaz", "ukr", "tha", "mys")
MINERALS = ("rare-earth-elements", "cerium", "neodymium", "lanthanum", "niche-metals", "critical-minerals")
STAGES = ("in-situ", "production", "processing")
PURPOSES = ("coordinated-pricing", "coordinated-supply-chains", "less-western-reliance-on-china")
AGENCIES = ("reuters", "ani", "qazinform")

KINDS = {
    "percentage": 20,
    "amount": 10,
    "count": 14,
    "duration": 3,
    "days": 8,
    "stance": 4,
    "boolean": 2,
    "entity": 39,
}
HEDGES = {"none": 55, "approximately": 18, "more-than": 12, "just-below": 8, "at-least": 4, "at-most": 3}
MODALITIES = {
    "asserted": 75,
    "planned": 7,
    "expected": 6,
    "estimated": 4,
    "judged": 4,
    "conditional": 2,
    "denied": 2,
}
ENTITY_MEASURES = {
    "participant": 25,
    "post-held": 10,
    "purpose": 15,
    "agenda-item": 10,
    "led-by": 10,
    "held-by": 10,
    "minerals-stored": 10,
    "part-of": 5,
    "outcome": 5,
}
STANCES = ("opposed", "cautious", "neutral", "favourable", "committed")

_PREFIXES = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())


@dataclass
class Question:
    """One Question, the distinct answers to it, each a piece of Turtle, and how many claims it is to get."""

    name: str
    answers: list[str]
    claims: int


@dataclass
class Theme:
    """What the documents of one theme share, as names in Turtle."""

    questions: list[Question] = field(default_factory=list)
    speakers: list[str] = field(default_factory=list)
    utterances: dict[str, str] = field(default_factory=dict)
    sources: dict[str, str | None] = field(default_factory=dict)
    quotations: list[str] = field(default_factory=list)


def make(claims: int) -> Iterator[tuple[str, str]]:
    """Yield graph name and Turtle until this many claims are made."""
    draw = random.Random(SEED)
    outlets = [f"actor:s-outlet-{i}" for i in range(max(3, claims // CLAIMS_PER_DOCUMENT // 10))]
    yield (
        GRAPHS + "synthetic/outlets",
        _PREFIXES + "".join(f'{name} a lc:Outlet ; rdfs:label "outlet {i}"@en .\n' for i, name in enumerate(outlets)),
    )
    made = 0
    number = 0
    while made < claims:
        count = min(CLAIMS_PER_THEME, claims - made)
        theme, text = _theme(draw, number, count)
        yield GRAPHS + f"synthetic/theme-{number}", _PREFIXES + text
        asked = [question for question in theme.questions for _ in range(question.claims)]
        draw.shuffle(asked)
        # Cut to length after the shuffle: the last theme of a small size must not lose whole Questions.
        queue: list[Question | None] = [*asked[: round(count * (1 - REMARKS))]]
        queue += [None] * (count - len(queue))
        draw.shuffle(queue)
        documents = []
        for start in range(0, count, CLAIMS_PER_DOCUMENT):
            name = f"s-{number}-{start // CLAIMS_PER_DOCUMENT}"
            text = _document(draw, name, draw.choice(outlets), theme, queue[start : start + CLAIMS_PER_DOCUMENT])
            if documents and draw.random() < 0.3:
                text += _reuse(draw, name, draw.choice(documents))
            documents.append(name)
            yield GRAPHS + f"synthetic/documents/{name}", _PREFIXES + text
        made += count
        number += 1


def _pick(draw: random.Random, weights: dict[str, int]) -> str:
    return draw.choices(list(weights), list(weights.values()))[0]


def _state(draw: random.Random) -> str:
    return "state:" + draw.choices(STATES, [1 / (i + 1) for i in range(len(STATES))])[0]


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _theme(draw: random.Random, number: int, claims: int) -> tuple[Theme, str]:
    theme = Theme()
    key = f"s-{number}"
    state = _state(draw)
    body = f"actor:{key}-body"
    text = [
        f'{body} a lc:GovernmentBody ; rdfs:label "body {number}"@en ; lc:organOf {state} ; '
        f"lc:affiliatedWith {state} ."
    ]
    for i in range(4):
        speaker = f"actor:{key}-speaker-{i}"
        theme.speakers.append(speaker)
        # What the closure would infer from posts and organs is stated: these actors are in no closure.
        belongs = (f"lc:affiliatedWith {body} , {state} ;", f"lc:affiliatedWith {_state(draw)} ;", "", "")[i]
        kind = "lc:UnnamedGroup" if i == 3 else "lc:Person"
        text.append(
            f'{speaker} a {kind} ; {belongs} rdfs:label "speaker {number}.{i}"@en ; skos:definition "Synthetic."@en .'
        )
    for i in range(3):
        utterance = f"utterance:{key}-{i}"
        theme.utterances[utterance] = speaker = draw.choice(theme.speakers)
        text.append(f'{utterance} a lc:Utterance ; lc:speaker {speaker} ; rdfs:label "speech {key}-{i}"@en .')
    for i in range(2):
        source = f"source:{key}-{i}"
        theme.sources[source] = issuer = (body, None)[i]
        issued = f"lc:issuedBy {issuer} ;" if issuer else ""
        text.append(f'{source} a lc:CitedSource ; {issued} rdfs:label "report {key}-{i}"@en .')
    for i in range(3):
        theme.quotations.append(f"quotation:{key}-{i}")
        text.append(f'quotation:{key}-{i} a lc:Quotation ; rdfs:label "words {key}-{i}"@en .')

    wanted = claims * (1 - REMARKS)
    while (i := len(theme.questions)) == 0 or sum(question.claims for question in theme.questions) < wanted:
        if i % 5 == 0:
            topic = f"topic:{key}-{i // 5}"
            text.append(
                f'{topic} a lc:Topic ; skos:inScheme topic:scheme ; rdfs:label "{topic}"@en ; '
                'skos:definition "Synthetic."@en .'
            )
            state, usual = _state(draw), _pick(draw, KINDS)
        # Under one topic, alike Questions stand side by side: near misses.
        kind = usual if draw.random() < 0.4 else _pick(draw, KINDS)
        question, description = _question(draw, f"{key}-{i}", theme, kind, state)
        theme.questions.append(question)
        text.append(f"{description} ; lc:topic {topic} .")
    amounts = [question.name for question in theme.questions if "lc:currency" in question.answers[0]]
    if len(amounts) > 2:
        text.append(
            f'constraint:{key} a lc:SumConstraint ; rdfs:label "sum {key}"@en ; lc:whole {amounts[0]} ; '
            f"lc:summand {amounts[1]} , {amounts[2]} ."
        )
    return theme, "\n".join(text) + "\n"


def _question(draw: random.Random, key: str, theme: Theme, kind: str, state: str) -> tuple[Question, str]:
    """Return a Question and its Turtle, topic and full stop missing; `state` is what its topic's shares are of."""
    name = f"question:{key}"
    subject = f"initiative:{key}"
    own = f'{subject} a lc:Initiative ; rdfs:label "initiative {key}"@en .\n'
    mineral = "mineral:" + draw.choice(MINERALS)
    different = 1 + min(4, int(draw.expovariate(0.7)))
    exclusive = True
    dimensions = ""
    match kind:
        case "percentage":
            measure, subject, own = "share-of-world", state, ""
            dimensions = (
                f"; lc:stage stage:{draw.choice(STAGES)} ; lc:countingRule counting:share-of-quantity "
                f"; lc:mineralScope {mineral} "
            )
            dimensions += "; lc:geography place:world"
            base = draw.randrange(20, 95)
            answers = [_number(draw, min(99, base + draw.choice((0, 0, 1, 3, 10))), 1, "%") for _ in range(different)]
        case "amount":
            measure = "total-amount"
            base = draw.randrange(1, 60) * 100_000_000
            currencies = (
                "usd",
                "usd",
                "usd",
                "usd",
                "unspecified-dollar ; lc:plausibleCurrency currency:aud , currency:usd",
            )
            answers = [
                _number(draw, base + draw.choice((0, 0, 1, 5)) * 100_000_000, 100_000_000, " dollars")
                + f" ; lc:currency currency:{draw.choice(currencies)}"
                for _ in range(different)
            ]
        case "count":
            measure = "member-count"
            dimensions = f"; lc:countingRule counting:{draw.choice(('countries-only', 'countries-and-blocs'))}"
            base = draw.randrange(3, 200)
            answers = [_number(draw, base + draw.choice((0, 1, 2, 5)), 1, "") for _ in range(different)]
        case "duration":
            measure = "time-needed"
            base = draw.randrange(2, 20)
            answers = [_number(draw, base, 1, " years"), _range(base, base + 10)][:different]
        case "days":
            measure, subject = "event-date", f"event:{key}"
            own = f'{subject} a lc:Meeting ; rdfs:label "event {key}"@en .\n'
            answers = [_date(draw) for _ in range(different)]
        case "stance":
            measure, subject, own = "stance", draw.choice(theme.speakers), ""
            dimensions = "; lc:counterpart instrument:minimum-price"
            answers = [f"lc:answerStance stance:{level}" for level in draw.sample(STANCES, min(different, 5))]
        case "boolean":
            measure = "reluctance"
            answers = [f"lc:answerBoolean {value}" for value in ("true", "false")[:different]]
        case _:
            measure = _pick(draw, ENTITY_MEASURES)
            exclusive = measure in {"held-by", "part-of"}
            if measure in {"participant", "agenda-item", "outcome"}:
                subject = f"event:{key}"
                own = f'{subject} a lc:Meeting ; rdfs:label "event {key}"@en .\n'
            elif measure == "post-held":
                subject, own = draw.choice(theme.speakers), ""
            more = different if exclusive else different + draw.randrange(6)
            pool: list[str]
            match measure:
                case "participant":
                    dimensions = "; lc:participationRole lc:" + draw.choice(("interlocutor", "speaker", "traveller"))
                    pool = [*(f"state:{name}" for name in STATES), *theme.speakers]
                case "post-held":
                    pool = [f"post:{key}-{i}" for i in range(2)]
                case "minerals-stored":
                    pool = [f"mineral:{name}" for name in MINERALS]
                case "purpose":
                    pool = [f"objective:{name}" for name in PURPOSES]
                case "agenda-item":
                    pool = [*(f"objective:{name}" for name in PURPOSES), *(f"mineral:{name}" for name in MINERALS)]
                case "outcome":
                    pool = [f"agreement:{key}-{i}" for i in range(3)]
                case "part-of":
                    pool = [f"initiative:{key}-wider-{i}" for i in range(2)]
                case _:
                    pool = [*(f"state:{name}" for name in STATES[:5]), *theme.speakers]
            new = {"post-held": "lc:Post", "outcome": "lc:Agreement", "part-of": "lc:Strategy"}
            if measure in new:
                posted = f"lc:postIn {_state(draw)} ;" if measure == "post-held" else ""
                own += "".join(f'{one} a {new[measure]} ; {posted} rdfs:label "{one}"@en .\n' for one in pool)
            answers = [f"lc:answerEntity {one}" for one in draw.sample(pool, min(more, len(pool)))]
    description = (
        f'{own}{name} a lc:Question ; rdfs:label "Question {key}?"@en ; lc:about {subject} '
        f"; lc:measure measure:{measure} "
        f"{dimensions} ; lc:valueKind kind:{kind} ; lc:admitsOneAnswer {str(exclusive).lower()}"
    )
    return Question(name, answers, round(5 * 10 ** draw.random())), description


def _number(draw: random.Random, face: int, granularity: int, unit: str) -> str:
    hedge = _pick(draw, HEDGES)
    return (
        f'lc:printedValue "{hedge.lower()} {face}{unit}" ; lc:faceValue {face} ; lc:hedge hedge:{hedge} ; '
        f"lc:granularity {granularity}"
    )


def _range(low: int, high: int) -> str:
    return (
        f'lc:printedValue "{low}-{high} years" ; lc:faceValue {low} ; lc:faceValueUpper {high} ; '
        "lc:hedge hedge:between ; "
        "lc:granularity 1"
    )


def _date(draw: random.Random) -> str:
    match draw.randrange(4):
        case 0:
            return 'lc:printedValue "this week" ; lc:hedge hedge:relative-date'
        case 1:
            year = draw.randrange(2018, 2026)
            printed, first, last = str(year), f"{year}-01-01", f"{year}-12-31"
        case _:
            day = f"2026-{draw.randrange(1, 13):02}-{draw.randrange(1, 29):02}"
            printed = first = last = day
    return f'lc:printedValue "{printed}" ; lc:earliestDate "{first}"^^xsd:date ; lc:latestDate "{last}"^^xsd:date'


def _document(draw: random.Random, name: str, outlet: str, theme: Theme, asked: list[Question | None]) -> str:
    credit = f"lc:creditsAgency actor:{draw.choice(AGENCIES)} ;" if draw.random() < 0.3 else ""
    body_end = 80 + 60 * len(asked)
    comments = draw.random() < 0.2
    text = [
        f'document:{name} a lc:Document ; rdfs:label "document {name}"@en ; lc:outlet {outlet} ; {credit} '
        f'lc:datingBasis "Synthetic."@en ; dcterms:language "en" ; lc:sha256 "{_sha(name)}" .',
        _segment(name, "headline", 0, 79),
        _segment(name, "running-text", 80, body_end - (180 if comments else 0)),
    ]
    if comments:
        text.append(_segment(name, "reader-comment", body_end - 180, body_end))
    seen: set[str] = set()
    start = end = 0
    for i, question in enumerate(asked):
        if i == 0 or draw.random() < 0.9:  # the others share the passage of the claim before
            start = 80 + 60 * i
            end = start + draw.randrange(20, 60)
        text.append(_claim(draw, f"{name}-{i}", name, outlet, theme, question, start, end))
        stretch = f"{name}-{start}-{end}"
        if stretch not in seen:
            seen.add(stretch)
            text.append(
                f"passage:{stretch} a lc:Passage ; oa:hasSource document:{name} ; "
                f'oa:hasSelector selector:{stretch} ; lc:sha256 "{_sha(stretch)}" .\n{_selector(name, start, end)}'
            )
    return "\n".join(text) + "\n"


def _segment(name: str, role: str, start: int, end: int) -> str:
    return (
        f"segment:{name}-{role} a lc:Segment ; lc:segmentOf document:{name} ; lc:segmentRole segmentrole:{role} ; "
        f"oa:hasSelector selector:{name}-{start}-{end} .\n{_selector(name, start, end)}"
    )


def _selector(name: str, start: int, end: int) -> str:
    return f"selector:{name}-{start}-{end} a oa:TextPositionSelector ; oa:start {start} ; oa:end {end} ."


def _claim(
    draw: random.Random,
    key: str,
    document: str,
    outlet: str,
    theme: Theme,
    question: Question | None,
    start: int,
    end: int,
) -> str:
    match draw.choices(("narrator", "utterance", "source", "speech"), (70, 12, 8, 10))[0]:
        case "utterance":
            utterance = draw.choice(list(theme.utterances))
            quoted = draw.random() < 0.2
            said = f"lc:claimant {theme.utterances[utterance]} ; lc:utterance {utterance} ; lc:attribution "
            said += "attribution:direct-quotation" if quoted else "attribution:indirect-speech"
            if quoted:
                words = draw.choice(theme.quotations)
                said += f' ; lc:quotation {words} ; lc:wordsDigest "{_sha(words + str(draw.randrange(2)))}"'
        case "source":
            source = draw.choice(list(theme.sources))
            said = f"lc:claimant {theme.sources[source] or outlet} ; lc:citedSource {source} ; "
            said += "lc:attribution attribution:cited-publication"
        case "speech":
            said = f"lc:claimant {draw.choice(theme.speakers)} ; lc:attribution attribution:indirect-speech"
        case _:
            said = f"lc:claimant {outlet} ; lc:attribution attribution:author-voice"
    if question is None:
        answer = f"lc:modality modality:judged ; lc:about {_state(draw)} ; lc:topic topic:china-dominance"
    else:
        weights = [1 / (i + 1) for i in range(len(question.answers))]
        given = draw.choices(question.answers, weights)[0]
        answer = f"lc:modality modality:{_pick(draw, MODALITIES)} ; lc:question {question.name} ; {given}"
    return (
        f'claim:{key} a lc:Claim ; lc:gloss "Synthetic claim {key}."@en ; '
        f"lc:evidence passage:{document}-{start}-{end} ; {said} ; {answer} ."
    )


def _reuse(draw: random.Random, name: str, other: str) -> str:
    return (
        f'<{PREFIXES["document"]}{name}/reuse/{other}> a lc:TextReuse ; rdfs:label "text reuse {name}, {other}"@en ; '
        f"lc:comparesDocument document:{name} , document:{other} ; lc:shingleLength 8 ; "
        f"lc:sharedShingles {draw.randrange(5, 80)} ; lc:longestSharedRun {draw.randrange(8, 40)} .\n"
    )
