# 该寄件人是否可寄递受保护外观的物品：先列备案记录，再列理由
template-none = “{ $name }”没有权利备案
template-record = { $holder }的{ $kind }（{ $number }）
template-kind-unnamed = 权利
template-number-unknown = 无编号
template-holder-unknown = 未具名权利人
template-ended = { $record }已于 { $day } 到期，早于扫描时间
template-not-begun = { $record }自 { $day } 起生效，晚于扫描时间
template-listed = { $record }：寄件人 { $sender } 在合法使用人名单内
template-not-listed = { $record }：寄件人 { $sender } 不在合法使用人名单内
template-no-sender = { $record }：未申报寄件人，无法对照合法使用人名单
template-undated = { $reason }；扫描没有时间记录，未判断权利当时是否有效
