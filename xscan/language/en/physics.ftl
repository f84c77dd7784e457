# What was believed of a scan's numbers.
physics-nominal = No calibration: a nominal spectrum of { $tube } kVp is believed; calibrate with `xscan calibrate` for true densities.
physics-nominal-assumed = No calibration: a nominal spectrum of { $tube } kVp (assumed) is believed; calibrate with `xscan calibrate` for true densities.
physics-rod = Calibration: rod { $material } { $warning }.
physics-single = One energy only: neither electron density nor z_e can be known, and no mass.
physics-arbitrary = The numbers have no known unit: sizes and shapes can be told, densities cannot.
physics-water = Water is taken to have { $lac } 1/cm, of a nominal { $kvp } kVp spectrum.
physics-decomposed = Densities and atomic numbers are the scanner's own.
physics-decomposed-zeff = The scanner's definition of its effective atomic number is not known: z_e is less certain.
