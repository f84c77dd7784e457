# 对扫描数值的采信依据
physics-nominal = 未校准：按标称 { $tube } kVp 能谱换算；如需准确密度，请用 `xscan calibrate` 校准。
physics-nominal-assumed = 未校准：按假定的标称 { $tube } kVp 能谱换算；如需准确密度，请用 `xscan calibrate` 校准。
physics-rod = 校准：标准棒 { $material } { $warning }。
physics-single = 仅有单一能量：无法得知电子密度、有效原子序数和质量。
physics-arbitrary = 数值没有已知单位：可判断尺寸和形状，无法得知密度。
physics-water = 按标称 { $kvp } kVp 能谱，取水的衰减系数为 { $lac } 1/cm。
physics-decomposed = 密度和原子序数采用扫描设备自带的数值。
physics-decomposed-zeff = 扫描设备未说明其有效原子序数的定义：z_e 的可信度较低。
