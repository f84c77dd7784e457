# 终端上的摘要
summary-head = { $verdict }  风险 { $risk }
summary-finding = { $message } [{ $kind }，严重程度 { $severity }]
summary-more = 报告中另有 { $count } 条
summary-nothing = 未发现需要关员处置的情况
summary-objects = 物体：物品 { $goods } 件
summary-objects-inside = 物体：物品 { $goods } 件（其中 { $inside } 件在他物内部）
summary-packaging = 包装 { $count } 件
summary-matches = 模板匹配 { $count } 处
summary-confirmed = 申报 { $lines } 项中 { $confirmed } 项相符
summary-mass = 质量：实测 { $measured }
summary-mass-declared = 质量：实测 { $measured }，申报 { $declared }
summary-report = 报告：{ $path }
summary-parcel = { $name }：{ $verdict }，风险 { $risk }  { $reason }
summary-join = { $first }，{ $second }
summary-then = { $first }；{ $second }
