# Why a declared line has its status. Masses arrive with their unit, written.
declaration-counted = declared { $declared }, counted { $counted } { $what }
declaration-as-many = declared { $declared }, but { $measured } is what { $pieces } of { $unit } weigh; some may touch
declaration-counted-equal = declared { $declared }, counted { $counted } equal { $what } of { $mass }
declaration-counted-pieces = declared { $declared } ({ $least }–{ $most } bodies), counted { $counted } { $what }
declaration-not-countable = { $declared } pieces of { $unit } each cannot be counted at this scale; only their mass can be held
declaration-merged = object { $object } has the mass of { $pieces } pieces that touch
declaration-shared = object { $object } has the mass of { $pieces } of these with goods of other lines that touch and were not told apart
declaration-inside-lump = no object found; { $mass } is less than the uncertainty of object { $object }, which is goods that touch and may hold this line's too
declaration-fragments = { $count ->
    [one] { $count } smaller body was taken as a part of these pieces
   *[other] { $count } smaller bodies were taken as parts of these pieces
 }
declaration-joined = objects { $object } and { $other } together weigh as one piece and were taken as its parts
declaration-unlike = object { $object } resembles this line but is not equal to its pieces
declaration-mass = declared { $declared }, measured { $measured }
declaration-mass-agrees = declared { $declared }, measured { $measured }: they agree
declaration-mass-rounded = the declared weight is rounded to { $step }
declaration-mass-unit = the declared weight of the line is what one piece weighs
declaration-mass-contents = the declared weight agrees with the contents without their container
declaration-mass-unknown = nothing could be weighed (the scan has no scale)
declaration-mass-undeclared = no weight declared, measured { $measured }
declaration-mass-usual = measured { $measured } a piece, usual for this kind of goods is { $low } to { $high }
declaration-material = expected { $expected }, found { $found }
declaration-material-agrees = material agrees: { $found }
declaration-material-fits = density and z_e fit { $expected }, though most like { $found }
declaration-material-open = the description and code bind no material
declaration-material-unclear = the material could not be measured
declaration-shape = object { $object } has the shape of template { $template } (HS { $template_hs }), the line says HS { $line_hs }
declaration-code-description = HS code and description speak of different goods
declaration-missing = no object in the parcel fits this line
declaration-missing-balance = the parcel's objects weigh { $measured }, { $short } less than declared
declaration-missing-light = no object found; { $mass } is below what can be told apart in this scan
declaration-missing-unknown = no object found; without a declared weight a thin or light article may have escaped
declaration-inside-other = object { $object } outweighs line { $other } by { $excess }: it may hold this line's goods, not told apart
declaration-holds-other = object { $object } may also hold the goods of line { $other }, not told apart
declaration-bodies = { $kind } { $count ->
    [one] body
   *[other] bodies
 }
declaration-bodies-unknown = { $count ->
    [one] body
   *[other] bodies
 } of unknown material
declaration-material-unknown = unknown material
declaration-comma = { $first }, { $second }
declaration-and = { $first } and { $second }
declaration-or = { $first } or { $second }
declaration-both = { $first }; { $second }

# What was noticed while a declaration was read.
declaration-note-encoding = The declaration was read as { $encoding }.
declaration-note-schema = The schema “{ $schema }” is not xscan.declaration/1; fields were read by their names.
declaration-note-parcel-id = The parcel id { $id } has the form of an S10 identifier but a wrong check digit.
declaration-note-channel = The channel “{ $channel }” is none of { $channels }.
declaration-note-quantity = Line { $line }: the quantity { $quantity } was taken from the description.
declaration-note-line = Line { $line }: { $problem }.
declaration-note-weights = Line { $line }: the weight of the line, { $whole } kg, is not { $quantity } × the weight of one, { $one } kg.
declaration-note-value = Line { $line }: the value “{ $value }” is no number.
declaration-note-unit = Weights without a unit were read as { $unit } ({ $form }).
declaration-note-numbers = Line numbers repeat; the lines were numbered in their order.
declaration-hs-digits = HS code “{ $code }” is not of 2 to 10 digits
declaration-hs-unknown = HS code { $code } is not in { $table }
declaration-hs-heading-known = HS code { $code } is not in { $table }, its heading { $known } is
declaration-hs-chapter-known = HS code { $code } is not in { $table }, its chapter { $known } is
declaration-hs-odd = HS code { $code } has an odd number of digits
