"""report.pdf: the report for print and files, made without a browser or a library of the system."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from xscan.language import Language, in_language, text, word
from xscan.report.text import number, when, with_sigma
from xscan.report.typesetting import drawing, picture, text_markup

__all__ = ["pdf"]

BANDS = {"clear": "#157347", "inspect": "#b25e00", "detain": "#b3171d"}
WIDTH = 523.0  # points between the margins of A4
MARGIN = 36.0
SOFT, RULE, ALARM = "#5a626e", "#d5d9df", "#c81e1e"
CROP = 62.0


class _Setter:
    """Sets the parts of one report in a language."""

    def __init__(self, contents: Mapping[str, Any], language: Language) -> None:
        from reportlab.lib.styles import ParagraphStyle

        self.c, self.d, self.language = contents, contents["d"], language
        # without blanks between words a line may break between any two characters
        wrap = "CJK" if language == "zh" else None
        base = {"fontName": "Helvetica", "fontSize": 9, "leading": 12, "wordWrap": wrap}
        self.styles = {
            "plain": ParagraphStyle("plain", **base),
            "small": ParagraphStyle("small", **(base | {"fontSize": 7.5, "leading": 10}), textColor=SOFT),
            "head": ParagraphStyle("head", **(base | {"fontSize": 13, "leading": 18}), spaceBefore=10, spaceAfter=4),
            "verdict": ParagraphStyle("verdict", **(base | {"fontSize": 24, "leading": 28}), textColor="white"),
            "band": ParagraphStyle("band", **(base | {"fontSize": 10, "leading": 14}), textColor="white"),
        }

    def p(self, key: str, **values: object) -> str:
        return text(f"page-{key}", values, self.language)

    def t(self, key: str) -> str:
        return text(key, None, self.language)

    def word(self, of: str, name: str) -> str:
        return in_language(word(of, name), self.language)

    def para(self, told: object, style: str = "plain", colour: str = "") -> Any:
        from reportlab.platypus import Paragraph

        markup = text_markup(told)
        return Paragraph(f'<font color="{colour}">{markup}</font>' if colour else markup, self.styles[style])

    def grams(self, value: float | None, sigma: float | None = None, otherwise: str = "not-weighed") -> str:
        return self.p(otherwise) if value is None else with_sigma(value, sigma, "g")

    def table(self, rows: Sequence[Sequence[Any]], widths: Sequence[float], *, head: bool = True) -> Any:
        from reportlab.platypus import Table

        style: list[tuple[Any, ...]] = [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LINEBELOW", (0, 0), (-1, -1), 0.4, RULE),
            ("LEFTPADDING", (0, 0), (-1, -1), 3),
            ("RIGHTPADDING", (0, 0), (-1, -1), 3),
            ("TOPPADDING", (0, 0), (-1, -1), 3),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
        ]
        made = Table([list(r) for r in rows], colWidths=list(widths), repeatRows=int(head), splitInRow=1)
        made.setStyle(style)
        return made

    def band(self) -> Any:
        from reportlab.platypus import Table

        c, d, totals = self.c, self.d, self.c["totals"]
        risk = f"{self.p('risk')} {d['risk']:.2f}"
        facts = [f"{self.p('found')} {self.p('pieces', count=totals['goods'])}"]
        if totals["pieces"] is not None:
            confirmed = self.p("lines-confirmed", confirmed=totals["confirmed"], lines=totals["lines"])
            facts.append(f"{self.p('declared')} {self.p('pieces', count=totals['pieces'])}, {confirmed}")
        facts.append(f"{self.p('measured')} {self.grams(totals['measured_g'], totals['sigma_g'])}")
        if totals["declared_g"] is not None:
            facts.append(self.p("declared-mass", mass=self.grams(totals["declared_g"])))
        right = [self.para(self.t(f"verdict-{d['decision']}-do"), "band"), self.para(" · ".join(facts), "band")]
        left = [self.para(self.t(f"verdict-{d['decision']}"), "verdict"), self.para(risk, "band")]
        made = Table([[left, right]], colWidths=[140, WIDTH - 140])
        made.setStyle(
            [("BACKGROUND", (0, 0), (-1, -1), BANDS[c["d"]["decision"]]), ("VALIGN", (0, 0), (-1, -1), "MIDDLE")]
        )
        return made

    def head(self) -> list[Any]:
        d, parts = self.d, []
        if d["declaration"]:
            party = d["declaration"]["consignor"]
            sender = party["name"] or party["id"] or self.p("not-named")
            parts.append(f"{self.p('sender')}: {sender} {party['country']}".rstrip())
        parts.append(f"{self.p('scanned')}: {when(d['scan']['acquired']) or self.p('time-unknown')}")
        parts.append(f"{self.p('scan')}: {d['scan']['sha256'][:12] or self.p('no-hash')}")
        return [self.para(self.c["parcel"], "head"), self.para(" · ".join(parts), "small"), self.band()]

    def reasons(self) -> list[Any]:
        rows = []
        for place, r in enumerate(self.c["reasons"], 1):
            severity = self.p("severity", severity=f"{r['severity']:.2f}")
            kind = f"{place}. {self.word('finding', r['kind'])} ({severity})"
            cell = [self.para(kind, "small", ALARM if r["alarm"] else ""), self.para(r["message"])]
            cell += [self.para(m, "small") for m in r["others"]]
            if r["object_ids"]:
                ids = ", ".join(str(i) for i in r["object_ids"])
                cell.append(self.para(f"{self.p('objects', count=len(r['object_ids']))} {ids}", "small"))
            rows.append([cell, *self.crops(r["crops"])])
        if not rows:
            return [self.para(self.p("none"))]
        return [self.table(rows, [WIDTH - 3 * (CROP + 8), *[CROP + 8] * 3], head=False)]

    def crops(self, crops: Sequence[tuple[str, str]]) -> list[Any]:
        cells: list[Any] = [[drawing(svg, CROP), self.para(caption, "small")] for caption, svg in crops[:3]]
        return cells + [""] * (3 - len(cells))

    def figures(self, figures: Sequence[tuple[str, str]], width: float) -> Any:
        from reportlab.platypus import Table

        cells = [[drawing(svg, width - 6), self.para(caption, "small")] for caption, svg in figures]
        made = Table([cells], colWidths=[width] * len(cells), hAlign="LEFT")
        made.setStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0)])
        return made

    def declaration(self) -> list[Any]:
        said = self.d["declaration"]
        titles = ("column-line", "declared", "column-pieces", "column-mass", "column-result")
        rows = [[self.para(self.p(k), "small") for k in titles]]
        for line in said["lines"]:
            sigma = line["evidence"].get("measured_sigma_g")
            measured = self.grams(line["estimated_mass_g"], sigma if isinstance(sigma, float) else None)
            mass = self.p(
                "compared", declared=self.grams(line["declared_mass_g"], otherwise="not-stated"), measured=measured
            )
            pieces = f"{line['quantity']:g} ({self.p('counted', count=line['counted'])})"
            status = self.para(
                self.word("status", line["status"]), colour="" if line["status"] == "confirmed" else ALARM
            )
            code = [self.para(f"HS {line['hs_code']}", "small")] if line["hs_code"] else []
            because = [self.para(f"· {r}", "small") for r in line["reasons"]]
            cells = [
                self.para(line["line"]),
                [self.para(line["description"]), *code],
                self.para(pieces),
                self.para(mass),
            ]
            rows.append([*cells, [status, *because]])
        if said["undeclared"]:
            ids = ", ".join(str(i) for i in said["undeclared"])
            told = f"{self.p('undeclared')} {self.p('objects', count=len(said['undeclared']))} {ids}"
            rows.append(["", self.para(told), "", "", self.para(self.p("undeclared-chip"), colour=ALARM)])
        head = self.para(self.p("declaration"), "head")
        return [head, self.table(rows, [28, 130, 65, 110, WIDTH - 333])]

    def objects(self) -> list[Any]:
        titles = ("column-no", "column-material", "column-mass-g", "column-density")
        rows = [["", *(self.para(self.p(k), "small") for k in titles), self.para("z_e", "small")]]
        rows[0].append(self.para(self.p("column-inside"), "small"))
        for o in self.c["objects"]:
            small = self.c["thumbnails"].get(o["id"])
            material = self.word("material", o["material"])
            kind = self.word("kind", o["material_kind"])
            cells = [f"{material} ({kind})" if kind != material else material]
            cells += [with_sigma(o[k], o[f"{k}_uncertainty"]) for k in ("mass_g", "density_g_cm3", "z_e")]
            cells.append("" if o["parent"] is None else str(o["parent"]))
            alarm = ALARM if o["id"] in self.c["alarmed"] else ""
            rows.append([drawing(small, 26) if small else "", self.para(o["id"], colour=alarm), *map(self.para, cells)])
        head = self.para(self.p("objects-title"), "head")
        return [head, self.table(rows, [34, 32, WIDTH - 356, 90, 80, 70, 50])]

    def matches(self) -> list[Any]:
        from reportlab.platypus import Table

        out = [self.para(self.p("shapes"), "head")]
        for item in self.c["matches"]:
            m, shown = item["match"], item["pictures"]
            rms, p95 = (number(m["deviation_mm"][k], 2) for k in ("rms", "p95"))
            deviation = f"{self.p('rms', rms=rms)}, {self.p('p95', p95=p95)}"
            facts = [f"{self.p('score')} {m['score']:.2f}", f"{self.p('deviation')} {deviation}"]
            facts.append(f"{self.p('coverage')} {m['coverage'] * 100:.0f} %")
            ids = ", ".join(str(i) for i in m["object_ids"])
            things = f"{self.p('objects', count=len(m['object_ids']))} {ids}"
            title = f"{m['name']} · {things} · {self.word('right', m['right_check']['status'])}"
            out += [self.para(title), self.para(" · ".join(facts), "small")]
            out.append(self.para(m["right_check"]["reason"], "small"))
            if shown:
                seen = [picture(src, WIDTH / 6 - 13) for src in [*shown["object"][:3], *shown["template"][:3]]]
                out += [Table([seen], hAlign="LEFT"), self.figures(shown["cuts"], 120)] if seen else []
        if not self.c["matches"]:
            out.append(self.para(self.p("no-match")))
        return out

    def notes(self) -> list[Any]:
        d = self.d
        said = d["scan"]["notes"] + d["physics"]["notes"] + (d["declaration"]["notes"] if d["declaration"] else [])
        shape, size = (" × ".join(f"{v:g}" for v in d["scan"][k]) for k in ("shape", "voxel_size_mm"))
        facts = [
            f"{self.p('scan')}: {d['scan']['path']}",
            f"SHA-256: {d['scan']['sha256'] or self.p('not-known')}",
            f"{self.p('voxels')}: {self.p('voxels-of', shape=shape, size=size)}",
            f"{self.p('scanner')}: {d['scan']['scanner'] or self.p('not-known')}",
            f"{self.p('scale')}: {self.word('basis', d['physics']['basis'])}",
            f"{self.p('made-by')}: xscan {d['xscan_version']}",
        ]
        return [self.para(self.p("how"), "head"), *(self.para(f, "small") for f in [*facts, *said])]


def pdf(contents: Mapping[str, Any], *, language: Language) -> bytes:
    """Return the PDF of what `contents_of` gave; the same contents give the same bytes.

    Parameters
    ----------
    language : of its words; one of the fonts is chosen run by run, so a text may be in any of Latin, Chinese, Korean
    """
    from reportlab.lib.pagesizes import A4
    from reportlab.platypus import SimpleDocTemplate

    s = _Setter(contents, language)
    story = [*s.head(), s.para(s.p("reasons"), "head"), *s.reasons()]
    story += [
        s.para(s.p("pictures"), "head"),
        s.figures([contents["main_picture"], *contents["columns"][0]], WIDTH / 2),
    ]
    story.append(s.figures([f for column in contents["columns"][1:] for f in column][:4], WIDTH / 4))
    if contents["d"]["declaration"]:
        story += s.declaration()
    story += s.objects()
    if contents["d"]["templates"] is not None:
        story += s.matches()
    story += s.notes()
    buffer = io.BytesIO()
    made = SimpleDocTemplate(
        buffer,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN,
        title=f"xscan · {contents['parcel']}"[:200],
        lang=text("page-lang", None, language),
        invariant=1,
    )
    parcel = text_markup(contents["parcel"])

    def foot(canvas: Any, document: Any) -> None:
        from reportlab.platypus import Paragraph

        line = Paragraph(f"xscan {contents['d']['xscan_version']} · {parcel} · {document.page}", s.styles["small"])
        line.wrapOn(canvas, WIDTH, 20)
        line.drawOn(canvas, MARGIN, 18)

    made.build(story, onFirstPage=foot, onLaterPages=foot)
    return buffer.getvalue()
