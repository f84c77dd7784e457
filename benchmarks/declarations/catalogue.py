"""Goods of the study: written apart from the shipped articles, so that the study does not test a table on itself."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ALSO", "GOODS", "SMUGGLED", "Good"]


@dataclass(frozen=True)
class Good:
    """An article: what senders call it, what it is made of, and how large it is.

    Parameters
    ----------
    names : descriptions that senders write
    hs : codes that senders give
    parts : (material, share of the mass, "own" or "inside"); the first is the body
    mass_g : lowest and highest mass of one piece
    box : length, width, height as multiples of the cube root of the volume
    room : empty space inside, as a multiple of the volume of its matter: where something can be hidden
    """

    key: str
    names: tuple[str, ...]
    hs: tuple[str, ...]
    parts: tuple[tuple[str, float, str], ...]
    mass_g: tuple[float, float]
    box: tuple[float, float, float] = (1.8, 1.1, 0.8)
    most: int = 4
    room: float = 0.0


def _g(
    key: str,
    names: str,
    hs: str,
    parts: str,
    mass: tuple[float, float],
    box: tuple[float, float, float] = (1.8, 1.1, 0.8),
    most: int = 4,
) -> Good:
    made = []
    for part in parts.split(","):
        material, share, *rest = part.split()
        made.append((material, float(share), rest[0] if rest else "own"))
    words = tuple(n.strip() for n in names.split("|"))
    return Good(key, words, tuple(hs.split()), tuple(made), mass, box, most, ROOM.get(key, 0.0))


# Hollow goods, and soft ones that close around what is put into them.
ROOM = {
    "mug": 1.2, "vase": 1.5, "jar": 1.5, "tshirt": 0.6, "jeans": 0.6, "towel": 0.6, "scarf": 0.5, "plush": 0.7,
    "blocks": 1.0, "toycar": 1.5, "book": 0.4, "handbag": 1.0, "sandals": 0.2, "lunchbox": 2.0, "flask": 4.0,
    "headphones": 1.0, "mouse": 1.2, "remote": 0.6, "charger": 0.5, "lamp": 1.5, "stapler": 0.6, "tea": 0.5,
    "coffee": 0.5, "chocolate": 0.3, "wallet": 0.2, "figure": 1.0,
}  # fmt: skip


# Materials that goods which are called so are also sold in, as retailers list them: a soap dish of ceramic is a soap
# dish, and wax is as a plastic in a scan. Names that tell the material ("wooden …") have none.
ALSO: dict[str, tuple[str, ...]] = {
    "soapdish": ("ceramic", "abs", "pp", "steel", "wood"), "chopping": ("pp", "glass"), "candle": ("abs", "pp"),
    "figure": ("abs", "ceramic"), "vase": ("glass", "abs"), "necklace": ("ceramic", "glass", "brass"),
    "lunchbox": ("abs", "steel", "glass"), "phonecase": ("abs", "leather", "aluminium"), "mug": ("glass", "steel"),
    "lamp": ("steel", "glass", "ceramic", "wood"), "handbag": ("textile", "pvc"), "sandals": ("leather", "pvc"),
    "perfume": ("abs", "pp"), "shampoo": ("abs", "pp"), "toothpaste": ("abs", "pp"), "facecream": ("abs", "pp"),
    "soap": ("abs",), "glue": ("abs", "pp"), "blocks": ("wood",), "toycar": ("wood",), "plush": ("abs",),
    "stapler": ("abs",), "headphones": ("aluminium",), "watch": ("ceramic", "rubber", "leather"),
    "tea": ("aluminium", "steel"), "chocolate": ("paper",), "coffee": ("paper",), "belt": ("textile",),
}  # fmt: skip

GOODS: tuple[Good, ...] = (
    _g("mug", "ceramic mugs | 马克杯 | porcelain coffee cup", "691110 6912", "ceramic 1", (180, 420)),
    _g("plate", "dinner plate | 瓷盘 | ceramic plates", "691110", "ceramic 1", (250, 700), (2, 2, 0.2)),
    _g("vase", "ceramic vase | 花瓶", "691390", "ceramic 1", (300, 1200)),
    _g("wineglass", "wine glasses | 玻璃酒杯", "701337", "glass 1", (90, 250)),
    _g("jar", "glass jar | 玻璃罐", "701090", "glass 1", (120, 500)),
    _g(
        "wine",
        "bottle of wine | 葡萄酒 | red wine",
        "220421",
        "glass 0.4,water 0.6 inside",
        (1100, 1300),
        (3, 0.8, 0.8),
        2,
    ),
    _g("perfume", "perfume | 香水 | eau de toilette", "330300", "glass 0.55,perfume 0.45 inside", (90, 320)),
    _g("shampoo", "shampoo | 洗发水 | hair conditioner", "330510 330590", "cream 1", (150, 550), (2.2, 0.9, 0.6)),
    _g("toothpaste", "toothpaste | 牙膏", "330610", "cream 1", (60, 180), (2.8, 0.9, 0.5)),
    _g("facecream", "face cream | 面霜 | moisturizer", "330499", "glass 0.55,cream 0.45 inside", (70, 240)),
    _g("soap", "soap bars | 香皂 | handmade soap", "340111", "cream 1", (70, 160)),
    _g("candle", "scented candle | 香薰蜡烛", "340600", "glass 0.5,cream 0.5 inside", (150, 600)),
    _g("glue", "glue sticks | 固体胶", "350610", "cream 1", (15, 60)),
    _g("tshirt", "cotton t-shirt | T恤 | mens shirts", "610910 610510", "textile 1", (120, 280), (2, 1.5, 0.4)),
    _g("jeans", "jeans | 牛仔裤", "620342", "textile 1", (450, 800), (2, 1.5, 0.4), 2),
    _g("socks", "socks | 袜子", "611595", "textile 1", (30, 90), (2, 1.5, 0.4)),
    _g("towel", "bath towel | 毛巾", "630260", "textile 1", (200, 600), (2, 1.5, 0.5)),
    _g("scarf", "wool scarf | 围巾", "621420", "textile 1", (90, 300), (2, 1.5, 0.4)),
    _g("plush", "plush toy | 毛绒玩具 | teddy bear", "950300", "textile 1", (80, 500)),
    _g("figure", "toy figures | 动漫手办 | action figure", "950300", "pvc 1", (25, 300)),
    _g("blocks", "building blocks toy | 积木", "950300", "abs 1", (80, 500)),
    _g("toycar", "toy car | 玩具车", "950300", "abs 0.7,steel 0.3 inside", (80, 400)),
    _g("woodtoy", "wooden toy train | 木制玩具", "950300", "wood 1", (80, 400)),
    _g("book", "book | 图书 | comic books", "490199", "paper 1", (180, 900), (1.6, 1.2, 0.5)),
    _g("notebook", "notebook | 笔记本子 | diary", "482010", "paper 1", (120, 500), (1.6, 1.2, 0.4)),
    _g("cards", "playing cards | 扑克牌", "950440", "paper 1", (90, 130), (1.4, 1.0, 0.5)),
    _g("wallet", "leather wallet | 钱包", "420231", "leather 1", (60, 180), (1.6, 1.2, 0.4)),
    _g("belt", "leather belt | 皮带", "420330", "leather 0.8,steel 0.2", (120, 300)),
    _g("handbag", "handbag | 手提包", "420221", "leather 1", (300, 900), (1.8, 1.3, 0.6), 2),
    _g("sandals", "sandals | 凉鞋", "640299", "rubber 1", (200, 500), (2.2, 0.9, 0.5)),
    _g("phonecase", "phone case | 手机壳", "392690", "rubber 1", (25, 60), (2, 1, 0.2)),
    _g("lunchbox", "lunch box | 便当盒 | plastic food container", "392410", "pp 1", (120, 400)),
    _g("soapdish", "acrylic soap dish | 肥皂盒", "392490", "pmma 1", (60, 200)),
    _g("screwdriver", "screwdriver | 螺丝刀", "820540", "steel 1", (60, 200), (4, 0.6, 0.6)),
    _g("pliers", "pliers | 钳子", "820320", "steel 1", (150, 350)),
    _g("scissors", "scissors | 剪刀", "821300", "steel 1", (40, 160)),
    _g("stapler", "stapler | 订书机", "847290", "steel 1", (80, 300)),
    _g("flask", "stainless steel water bottle | 不锈钢保温杯", "732393 961700", "steel 1", (180, 450)),
    _g("pan", "aluminium frying pan | 铝锅", "761510", "aluminium 1", (400, 1100), (2, 2, 0.3), 2),
    _g("padlock", "padlock | 锁", "830110", "brass 1", (80, 300)),
    _g("charger", "usb charger | 充电器", "850440", "abs 0.4,pcb 0.6 inside", (40, 150)),
    _g("headphones", "headphones | 耳机", "851830", "abs 0.8,pcb 0.2 inside", (120, 350)),
    _g("mouse", "computer mouse | 鼠标", "847160", "abs 0.7,pcb 0.3 inside", (70, 140)),
    _g("remote", "remote control | 遥控器", "852692 854370", "abs 0.7,pcb 0.3 inside", (50, 150), (3, 0.9, 0.4)),
    _g("lamp", "led desk lamp | 台灯", "940521 940520", "abs 0.5,aluminium 0.5", (300, 900), most=2),
    _g("phone", "mobile phone | 智能手机", "851713", "pcb 1", (150, 230), (2, 1, 0.12), 2),
    _g("tea", "green tea | 茶叶", "090210", "food 1", (100, 500)),
    _g("coffee", "coffee beans | 咖啡豆", "090121", "food 1", (250, 1000), most=2),
    _g("chocolate", "chocolate | 巧克力", "180632", "food 1", (90, 300)),
    _g("vitamins", "vitamin tablets | 维生素", "210690 300450", "pp 0.2,powder 0.8 inside", (80, 300)),
    _g("frame", "wooden photo frame | 木相框", "441400", "wood 1", (150, 500), (1.6, 1.3, 0.2)),
    _g("chopping", "cutting board | 竹砧板", "441911", "wood 1", (400, 1200), (1.8, 1.3, 0.2), 2),
    _g("necklace", "necklace | 项链", "711719", "steel 1", (15, 60)),
    _g("watch", "wristwatch | 手表", "910211", "steel 1", (50, 180), most=2),
)

SMUGGLED: tuple[Good, ...] = (
    _g("phone", "", "", "pcb 1", (150, 230), (2, 1, 0.12)),
    _g("knife", "", "", "steel 1", (60, 250), (5, 0.7, 0.1)),
    _g("cell", "", "", "liion 1", (43, 47), (3.55, 1, 1)),
    _g("powder", "", "", "powder 1", (40, 400)),
    _g("perfume", "", "", "glass 0.55,perfume 0.45 inside", (90, 320)),
    _g("figure", "", "", "pvc 1", (25, 300)),
    _g("gold", "", "", "brass 1", (30, 200)),
    _g("wallet", "", "", "leather 1", (60, 180)),
    _g("cigarettes", "", "", "food 1", (30, 250)),
)
