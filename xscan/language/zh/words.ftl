# 各类名称：材质大类、发现种类、核对结论、权利状态、物体角色
kind-animal = 骨角
kind-battery = 电池
kind-ceramic = 陶瓷
kind-cream = 膏状
kind-electronics = 电子器件
kind-explosive-like = 类似爆炸物的有机物
kind-foam = 泡沫
kind-food = 食品
kind-glass = 玻璃
kind-leather = 皮革
kind-light-metal = 轻金属
kind-liquid = 液体
kind-metal = 金属
kind-mineral = 矿物
kind-paper = 纸质
kind-plant = 植物
kind-plastic = 塑料
kind-powder = 粉末
kind-rubber = 橡胶
kind-soap = 肥皂
kind-stone = 石材
kind-textile = 纺织品
kind-unknown = 不明
kind-wood = 木质

finding-template-match = 形状与受保护模板相符
finding-undeclared-object = 未申报
finding-missing-item = 已申报，未找到
finding-quantity-mismatch = 数量不符
finding-material-mismatch = 材质不符
finding-weight-mismatch = 重量不符
finding-hidden-object = 藏于他物内部
finding-dangerous-goods = 危险品
finding-prohibited = 禁止寄递
finding-description-vague = 品名含糊
finding-right-expired = 权利已过期
finding-genuine-deviation = 与正品不符
finding-density-outlier = 与同类物品不符
finding-scan-quality = 扫描质量
finding-declaration-form = 申报单填写
finding-currency-like = 疑似钞票
finding-other-alarm = 其他系统报警
finding-liquid-volume = 液体总量

status-confirmed = 相符
status-missing = 未找到
status-quantity = 数量不符
status-material = 材质不符
status-weight = 重量不符
status-unverifiable = 无法核实

right-authorised = 寄件人已获授权
right-not-authorised = 寄件人未获授权
right-expired = 权利已过期
right-no-record = 无权利备案

genuine-inside = 在范围内
genuine-outside = 与正品不符
genuine-unknown = 无法判断

role-goods = 物品
role-packaging = 包装
role-scanner = 扫描设备
role-carton = 纸箱
role-belt = 传送带

channel-postal = 邮递
channel-express = 快件
channel-passenger = 旅客
channel-ecommerce = 跨境电商
channel-transhipment = 转运

basis-calibrated = 已校准
basis-nominal = 标称标度
basis-scanner = 扫描设备自带
basis-single-energy = 单一能量
basis-none = 无标度

verdict-clear = 放行
verdict-inspect = 查验
verdict-detain = 扣留
verdict-clear-do = 未发现需要关员处置的情况。
verdict-inspect-do = 请按下列理由开箱或进一步查看。
verdict-detain-do = 请按下列理由暂扣包裹；是否成立由权利人和关员认定。

class-organic = 有机物：纸张、塑料、食品
class-mixed = 轻金属、玻璃、PVC、混合物
class-metal = 金属
class-unknown = 过薄，无法判别
class-thin-to-dense = { $name }，由薄到密
