# What was noticed while a scan was read.
io-size-unknown = The file does not tell its voxel size; 1 mm was taken, so volumes and masses are not to be trusted.
io-coarsened = Voxels were averaged by { $factor } along each axis.
io-mirrored = The file's axes are left-handed (mirrored); its slices were reversed, so that handedness is kept.
io-length-unknown = The file does not name its unit of length; mm was taken.
io-slices-twice = { $count ->
    [one] { $count } slice lies where another one lies; the first was kept.
   *[other] { $count } slices lie where another one lies; the first of each was kept.
 }
io-slices-unplaced = Slices without a position; they were put in the order of their numbers, mirrored perhaps.
io-slices-missing-empty = { $count ->
    [one] { $count } slice is missing (after { $where } mm); the gap was left empty.
   *[other] { $count } slices are missing (after { $where } mm); the widest gap was left empty.
 }
io-slices-missing-bridged = { $count ->
    [one] { $count } slice is missing (after { $where } mm); the gap was bridged by interpolation.
   *[other] { $count } slices are missing (after { $where } mm); the widest gap was bridged by interpolation.
 }
io-slices-uneven = The slices lie unevenly ({ $low } to { $high } mm); they were resampled to even spacing.
io-slices-askew = The slices lie askew (gantry tilt, { $angle } degrees); they were resampled onto a right-angled grid.
io-slices-slopes = The slices have slopes of their own; values are kept as float32.
io-density-mhu = The density channel names MHU (water 1000); it was taken as kg/m³.
io-left-alone = Left alone: { $what } in { $file }.
io-left-alone-problem = Left alone: { $file }: { $problem }.
io-left-alone-view = Left alone: another view in { $file }.
io-only-low = Only the low energy is here; it was read as a scan of a single energy (mono).
io-only-high = Only the high energy is here; it was read as a scan of a single energy (mono).
io-series-read = Read with the { $count } other slices of its series in the same folder.
io-no-dicom = { $count ->
    [one] { $count } file that is no DICOM was left alone.
   *[other] { $count } files that are no DICOM were left alone.
 }
io-no-tiff = { $count ->
    [one] { $count } file that is no TIFF was left alone.
   *[other] { $count } files that are no TIFF were left alone.
 }
io-first-view = The first of { $count } views was read.
io-no-channel = /scan/{ $name } is no channel that xscan knows; it was left alone.
io-calibration-no-text = /calibration is not a text; it was left alone.
io-of-file = { $file }: { $note }
io-unit-unknown = channel { $channel }: the unit “{ $unit }” is not known; taken as { $taken }
