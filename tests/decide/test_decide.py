"""From evidence to findings, a verdict and a risk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from xscan.decide import DecideConfig, decide, risk_of, verdict_of
from xscan.decide.rules.vague import vague_word
from xscan.language import in_language
from xscan.model import (
    Decision,
    Declaration,
    DeclarationCheck,
    DeclaredItem,
    Finding,
    Grid,
    Labels,
    LineCheck,
    MaterialShare,
    Measure,
    Mesh,
    Object,
    Party,
    Pose,
    Provenance,
    Quantities,
    Region,
    Right,
    Scan,
    Segmentation,
    Signature,
    Template,
    TemplateLibrary,
    TemplateMatch,
    Unit,
    Volume,
)

KINDS = {
    "battery": (2.7, 22.0),
    "metal": (7.8, 26.0),
    "paper": (0.85, 7.0),
    "textile": (0.25, 7.0),
    "plastic": (1.3, 6.5),
    "liquid": (1.0, 7.4),
    "glass": (2.5, 11.5),
}


@dataclass
class Thing:
    kind: str
    mass: float
    size: tuple[float, float, float] = (60, 40, 30)
    parent: int | None = None
    group: int | None = None
    outer_mm3: float | None = None


@dataclass
class Parcel:
    things: Sequence[Thing]
    check: DeclarationCheck | None = None
    declaration: Declaration | None = None
    matches: tuple[TemplateMatch, ...] = ()
    library: TemplateLibrary | None = None
    config: DecideConfig = field(default_factory=DecideConfig)
    basis: str = "calibrated"

    def decide(self) -> Decision:
        regions, objects, signatures = [], [], {}
        for i, t in enumerate(self.things, start=1):
            density, z_e = KINDS[t.kind]
            volume = t.mass / density * 1000
            box = ((1, 1, i), (2, 2, i + 1))
            shape = dict(zip(("length_mm", "width_mm", "height_mm"), t.size, strict=True))
            shape["outer_mm3"] = t.outer_mm3 or volume
            regions.append(Region(i, 500, box, (1.0, 1.0, float(i))))
            objects.append(
                Object(i, "goods", (i,), box, (1.0, 1.0, float(i)), 500, parent=t.parent, shape=shape, group=t.group)
            )
            signatures[i] = Signature(
                object_id=i,
                volume_mm3=Measure(volume, 1, "mm3"),
                mass_g=Measure(t.mass, 0.03 * t.mass, "g"),
                own_mass_g=Measure(t.mass, 0.03 * t.mass, "g"),
                density=Measure(density, 0.05, "g/cm3"),
                rho_e=None,
                z_e=Measure(z_e, 0.3, "1"),
                attenuation=Measure(1000, 1, "MHU"),
                material=t.kind,
                kind=t.kind,
                materials=(MaterialShare(t.kind, t.kind, 0.9),),
            )
        array = np.zeros((3, 3, len(self.things) + 2), dtype=np.uint32)
        array[1, 1, 1 : len(self.things) + 1] = np.arange(1, len(self.things) + 1)
        grid = Grid(array.shape, (1.5, 1.5, 1.5))
        volume_ = Volume(grid, array, Unit.MHU)
        return decide(
            Scan({"low": volume_}, Provenance("x")),
            Quantities(volume_, self.basis),  # type: ignore[arg-type]
            Segmentation(Labels(grid, array), tuple(regions), tuple(objects)),
            signatures,
            self.matches,
            self.library,
            self.declaration,
            self.check,
            config=self.config,
        )


def lines(*checks: LineCheck, undeclared: tuple[int, ...] = ()) -> DeclarationCheck:
    return DeclarationCheck(checks, undeclared, None, None)


def line(status: str, ids: tuple[int, ...] = (1,), **evidence: float | str) -> LineCheck:
    return LineCheck(1, status, ids, 1, 100.0, ("declared 2, counted 5 equal glass bodies of 168 g",), 0.9, evidence)  # type: ignore[arg-type]


def said(description: str = "cup", channel: str = "", **item: object) -> Declaration:
    return Declaration((DeclaredItem(1, description, 1, **item),), channel=channel, consignor=Party("S"))  # type: ignore[arg-type]


def kinds(decision: Decision, at_least: float = 0.5) -> set[str]:
    return {f.kind for f in decision.findings if f.severity >= at_least}


def test_an_honest_parcel_is_clear_and_of_little_risk() -> None:
    d = Parcel([Thing("plastic", 50)], lines(line("confirmed")), said()).decide()
    assert d.verdict == "clear"
    assert d.risk < 0.1
    assert kinds(d) == set()


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("missing", "missing-item"),
        ("quantity", "quantity-mismatch"),
        ("material", "material-mismatch"),
        ("weight", "weight-mismatch"),
    ],
)
def test_each_status_has_its_finding(status: str, kind: str) -> None:
    d = Parcel([Thing("plastic", 50)], lines(line(status)), said()).decide()
    assert kinds(d) == {kind}
    assert d.verdict == "inspect"
    assert d.findings[0].line == 1


def test_a_wrong_quantity_and_weight_are_two_findings() -> None:
    check = lines(line("quantity", p_quantity=0.99, p_weight=0.95, p_material=0.1))
    assert kinds(Parcel([Thing("glass", 168)], check, said()).decide()) == {"quantity-mismatch", "weight-mismatch"}


@pytest.mark.parametrize(
    ("holder_g", "kind", "mass", "stopped"),
    [(500, "plastic", 9, False), (500, "liquid", 9, True), (500, "plastic", 26, True), (100, "plastic", 9, True)],
)
def test_a_light_piece_that_lies_against_something_heavy_may_be_its_cap(
    holder_g: float, kind: str, mass: float, stopped: bool
) -> None:
    parcel = Parcel([Thing("glass", holder_g), Thing(kind, mass)], lines(line("confirmed"), undeclared=(2,)), said())
    assert ("undeclared-object" in kinds(parcel.decide())) is stopped


def test_undeclared_cells_are_dangerous_goods_with_count_and_size_but_no_energy() -> None:
    cell = Thing("battery", 47, (65, 18.3, 18.3), group=1, outer_mm3=17_100)
    d = Parcel([Thing("plastic", 16), cell, cell], lines(line("confirmed"), undeclared=(2, 3)), said("toys")).decide()
    assert {"dangerous-goods", "undeclared-object"} <= kinds(d)
    (finding,) = [f for f in d.findings if f.kind == "dangerous-goods"]
    assert finding.object_ids == (2, 3)
    assert finding.evidence["form"] == "18650"
    assert "Wh" not in finding.message
    assert d.verdict == "detain"


def test_declared_cells_are_told_but_not_stopped_except_loose_in_the_post() -> None:
    cell = Thing("battery", 47, (65, 18.3, 18.3), outer_mm3=17_100)
    check = lines(line("confirmed", article="battery"))
    assert Parcel([cell], check, said("lithium battery", hs_code="850760")).decide().verdict == "clear"
    post = Parcel([cell], check, said("lithium battery", "postal", hs_code="850760")).decide()
    assert "dangerous-goods" in kinds(post)


def test_the_cell_of_a_declared_torch_stops_nothing() -> None:
    cell = Thing("battery", 47, (65, 18.3, 18.3), outer_mm3=17_100)
    torch = lines(line("confirmed", runs_on_cells=1.0))
    d = Parcel([cell], torch, said("torch", hs_code="851310")).decide()
    assert d.verdict == "clear"
    (finding,) = [f for f in d.findings if f.kind == "dangerous-goods"]
    assert "in goods of line 1, which run on cells" in finding.message


@pytest.mark.parametrize("kind", ["metal", "plastic", "glass"])
def test_rods_of_other_stuff_are_no_cells(kind: str) -> None:
    density = KINDS[kind][0]
    rod = Thing(kind, 17.1 * density, (65, 18.3, 18.3), outer_mm3=17_100)
    d = Parcel([rod], lines(line("confirmed")), said("rod")).decide()
    assert "dangerous-goods" not in kinds(d, 0.0)


def test_hidden_bodies() -> None:
    knife = Thing("metal", 90, (150, 20, 3), parent=1)
    d = Parcel([Thing("textile", 200), knife], lines(line("confirmed"), undeclared=(2,)), said("shirt")).decide()
    assert {"hidden-object", "undeclared-object"} <= kinds(d)
    unsaid = Parcel([Thing("glass", 300), Thing("metal", 50, parent=1)]).decide()
    assert "hidden-object" in kinds(unsaid)
    bottle = Parcel([Thing("glass", 300), Thing("liquid", 200, parent=1)]).decide()
    assert bottle.verdict == "clear"


def test_a_sheet_of_paper_and_crumbs_stop_nothing() -> None:
    sheet = Thing("paper", 12, (210, 148, 1))
    d = Parcel([Thing("plastic", 50), sheet], lines(line("confirmed"), undeclared=(2,)), said()).decide()
    assert d.verdict == "clear"
    assert "undeclared-object" in kinds(d, 0.1)


def test_a_stack_like_banknotes() -> None:
    stack = Thing("paper", 98, (156, 77, 10), outer_mm3=115_000)
    d = Parcel([Thing("plastic", 50), stack], lines(line("confirmed"), undeclared=(2,)), said()).decide()
    assert "currency-like" in kinds(d)


def test_metal_in_textile_is_hidden() -> None:
    things = [Thing("textile", 300, (200, 150, 60)), Thing("metal", 60, (80, 20, 5), parent=1)]
    d = Parcel(things, lines(line("confirmed"), undeclared=(2,)), said("towel")).decide()
    mine = [f for f in d.findings if f.kind == "hidden-object"]
    assert mine
    assert mine[0].severity >= 0.9
    assert "metal" in mine[0].message


def test_undeclared_liquid_is_told_with_its_volume() -> None:
    d = Parcel(
        [Thing("plastic", 50), Thing("glass", 150, (120, 60, 60)), Thing("liquid", 100, (90, 50, 50), parent=2)],
        lines(line("confirmed"), undeclared=(2,)),
        said(),
    ).decide()
    assert any("100 mL" in f.message and f.severity >= 0.5 for f in d.findings)


def test_a_body_that_outweighs_its_equals_is_an_outlier() -> None:
    things = [Thing("plastic", m, (60, 40, 30)) for m in (50, 51, 49, 80)]
    d = Parcel(things, lines(line("confirmed", (1, 2, 3, 4))), said()).decide()
    assert [f.object_ids for f in d.findings if f.kind == "density-outlier"] == [(4,)]
    even = [Thing("plastic", m, (60, 40, 30)) for m in (50, 51, 49, 52)]
    d = Parcel(even, lines(line("confirmed", (1, 2, 3, 4))), said()).decide()
    assert "density-outlier" not in kinds(d, 0.0)
    few = [Thing("plastic", m, (60, 40, 30)) for m in (83, 92, 134)]  # two that differ by a tenth are no yardstick
    d = Parcel(few, lines(line("confirmed", (1, 2, 3))), said()).decide()
    assert "density-outlier" not in kinds(d)


def test_what_a_rival_explanation_says_is_told_and_stops_nothing() -> None:
    check = lines(line("confirmed", p_weight=0.3, why_weight="declared 0.5 kg, measured 0.4 kg"))
    d = Parcel([Thing("plastic", 50), Thing("metal", 90)], replace(check, doubted={2: 0.2, 1: 0.1}), said()).decide()
    assert d.verdict == "clear"
    minor = {(f.kind, f.object_ids): f for f in d.findings}
    assert minor["undeclared-object", (2,)].severity == pytest.approx(0.2)
    assert ("undeclared-object", (1,)) not in minor
    weight = next(f for f in d.findings if f.kind == "weight-mismatch")
    assert weight.severity == pytest.approx(0.3)
    assert "may be of another weight: declared 0.5 kg, measured 0.4 kg" in weight.message


@pytest.mark.parametrize(
    ("value", "currency", "article", "told"),
    [
        (1, "USD", "phone", True),
        (60, "USD", "phone", False),
        (1, "USD", "phone_case", False),
        (1, "CNY", "phone", False),
        (40_000, "EUR", "tshirt", True),
    ],
)
def test_a_value_is_held_against_the_mass(value: float, currency: str, article: str, told: bool) -> None:
    declaration = said("an article", value=value, currency=currency)
    d = Parcel([Thing("plastic", 200)], lines(line("confirmed", article=article)), declaration).decide()
    assert ("value-implausible" in kinds(d, 0.1)) is told
    assert d.verdict == "clear"


MESH = Mesh(
    np.array([[0, 0, 0], [60, 0, 0], [0, 40, 0], [0, 0, 30]], float),
    np.array([[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]]),
)


def template(purpose: str, status: str, score: float = 0.9, genuine: Mapping[str, object] | None = None) -> Parcel:
    right = Right("design", "Holder", "R1", "GACC", date(2020, 1, 1), date(2030, 1, 1), ("L",))
    made = Template("horse", "horse", MESH, purpose, ("950300",), right)  # type: ignore[arg-type]
    checks = {"density_g_cm3": genuine} if genuine else {}
    match = TemplateMatch("horse", (1,), score, Pose(np.eye(4)), 0.5, 1.0, 0.9, checks, status, "why")  # type: ignore[arg-type]
    return Parcel([Thing("plastic", 44)], matches=(match,), library=TemplateLibrary("lib", (made,)))


@pytest.mark.parametrize(
    ("purpose", "status", "grave", "verdict"),
    [
        ("protected-design", "authorised", set(), "clear"),
        ("protected-design", "not-authorised", {"template-match"}, "detain"),
        ("protected-design", "expired", set(), "clear"),
        ("known-counterfeit", "no-record", {"template-match"}, "detain"),
        ("prohibited", "no-record", {"prohibited"}, "detain"),
    ],
)
def test_templates(purpose: str, status: str, grave: set[str], verdict: str) -> None:
    d = template(purpose, status).decide()
    assert kinds(d) == grave
    assert d.verdict == verdict
    assert all(f.template_id == "horse" for f in d.findings if f.severity >= 0.5)
    assert all("counterfeit" not in f.message.lower() for f in d.findings)


def test_an_expired_right_is_told() -> None:
    assert "right-expired" in kinds(template("protected-design", "expired").decide(), 0.1)


def test_a_genuine_deviation_needs_more_than_the_measurement_allows() -> None:
    near = {"measured": 1.15, "sigma": 0.01, "range": [1.2, 1.4], "status": "outside"}
    far = {"measured": 0.6, "sigma": 0.01, "range": [1.2, 1.4], "status": "outside"}
    assert template("protected-design", "authorised", genuine=near).decide().verdict == "clear"
    assert kinds(template("protected-design", "authorised", genuine=far).decide()) == {"genuine-deviation"}


@pytest.mark.parametrize(
    "text",
    [
        *(
            "gift",
            "Gifts",
            "electronics",
            "礼品",
            "spare parts",
            "some new goods",
            "...",
            "N/A",
            "as per invoice",
            "DOX",
        ),
        *("礼品一批", "各种日用品", "电子产品 配件", "个人物品等", "Freight of all kinds", "auto parts", "подарок"),
    ],
)
def test_vague(text: str) -> None:
    assert vague_word(text) is not None


@pytest.mark.parametrize(
    "text", ["toy figures", "wooden box", "phone accessories case", "瓷杯", "t-shirt", "leather bag", "棉质T恤"]
)
def test_not_vague(text: str) -> None:
    assert vague_word(text) is None


def test_a_vague_description_is_told_but_stops_nothing() -> None:
    d = Parcel([Thing("plastic", 50)], lines(line("confirmed")), said("gift")).decide()
    assert "description-vague" in kinds(d, 0.1)
    assert d.verdict == "clear"


def test_a_bad_scan_is_told() -> None:
    assert "scan-quality" in kinds(Parcel([Thing("plastic", 50)], basis="nominal").decide(), 0.1)


def test_a_users_rule_speaks_and_a_silenced_family_does_not(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(
        '[[rule]]\nid = "big"\nwhen = "object.length_mm > 50"\nkind = "big-thing"\nseverity = 0.6\n'
        'message.en = "{object.id} is {object.length_mm:.0f} mm long, {object.wall_mm} thick"\n'
        'message.zh = "{object.id}长{object.length_mm:.0f} mm，厚{object.wall_mm}，{object.kind}"\n'
    )
    d = Parcel([Thing("plastic", 50)], config=DecideConfig(rules_file=str(path))).decide()
    (finding,) = [f for f in d.findings if f.kind == "big-thing"]
    assert finding.message == "1 is 60 mm long, unknown thick"
    assert in_language(finding.message, "zh") == "1长60 mm，厚不明，塑料"
    assert finding.evidence["rule"] == "big"
    quiet = DecideConfig(rules_file=str(path), off=("big", "undeclared"))
    assert "big-thing" not in kinds(Parcel([Thing("plastic", 50)], config=quiet).decide(), 0.0)


def test_risk_counts_a_cause_once_and_grows_with_causes() -> None:
    a = Finding("weight-mismatch", 0.8, "a", (1,), 1)
    b = Finding("quantity-mismatch", 0.8, "b", (1,), 1)
    c = Finding("undeclared-object", 0.8, "c", (2,))
    assert risk_of([]) < 0.03
    assert risk_of([a, b]) == risk_of([a])
    assert risk_of([a, c]) > risk_of([a])
    assert verdict_of([a]) == "inspect"
    assert verdict_of([Finding("scan-quality", 0.49, "x")]) == "clear"


def test_the_same_evidence_gives_the_same_decision() -> None:
    parcel = Parcel(
        [Thing("textile", 200), Thing("metal", 90, parent=1)], lines(line("confirmed"), undeclared=(2,)), said()
    )
    one, two = parcel.decide(), parcel.decide()
    assert [(f.kind, f.severity, f.message) for f in one.findings] == [
        (f.kind, f.severity, f.message) for f in two.findings
    ]
    assert [f.severity for f in one.findings] == sorted((f.severity for f in one.findings), reverse=True)
