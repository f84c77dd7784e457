# 并入考虑的其他系统报警
dicos-another-system = 其他系统
dicos-alarm = { $system }报警（{ $category }），位于物体 { $ids }
dicos-alarm-nowhere = { $system }报警（{ $category }），该处未发现物体
dicos-alarm-text = { $alarm }：{ $text }
