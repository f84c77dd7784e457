# The report's page.
page-lang = en
page-sender = Sender
page-receiver = Receiver
page-not-named = not named
page-scanned = Scanned
page-scan = Scan
page-no-hash = no hash
page-time-unknown = time not known
page-decision = decision
page-risk = Risk
page-found = Found
page-pieces = { $count } { $count ->
    [one] piece
   *[other] pieces
 }
page-inside-count = + { $count } inside
page-declared = Declared
page-lines-confirmed = { $confirmed } of { $lines } { $lines ->
    [one] line
   *[other] lines
 } confirmed
page-measured = Measured
page-declared-mass = declared { $mass }
page-not-stated = not stated
page-not-weighed = not weighed
page-templates = Templates
page-matches = { $count } { $count ->
    [one] match
   *[other] matches
 }

page-reasons = reasons
page-severity = severity { $severity }
page-alike = and { $count } alike:
page-more = and { $count } more
page-objects = { $count ->
    [one] object
   *[other] objects
 }
page-object = object { $id }
page-line-declares = Line { $line } declares
page-counted = found { $count }
page-declared-word = declared
page-measured-word = measured
page-none = No anomaly was found.
page-none-undeclared = No declaration was given, so nothing was held against one.
page-none-untemplated = No templates were given.
page-line-confirmed = line { $line } confirmed
page-the-parcel = The parcel { $view }
page-organic = organic
page-mixed = light metal, mixed
page-metal = metal
page-grey = one energy: grey, materials cannot be coloured
page-along = along { $axis }
page-plane = { $axis } = { $mm } mm
page-slice = slice { $axis } = { $mm } mm
page-seen-along = seen along { $axis }
page-compared = declared { $declared }, measured { $measured }

page-pictures = Pictures
page-pictures-lead = Planes cross where the thin lines meet. Numbers are those of the table of objects; red outlines are alarms.
page-material-unknown = one energy: material is not known
page-starved = lets less than 1 % through
page-alarm-line = an alarm speaks of it

page-declaration = Declaration, line by line
page-column-line = Line
page-column-pieces = Pieces
page-column-mass = Mass
page-column-result = Result
page-from = from { $country }
page-undeclared = On no line:
page-undeclared-chip = not declared
page-all-goods = All goods
page-gross = gross weight { $mass }
page-channel = Channel
page-category = Category
page-way = Way

page-objects-title = Objects
page-no-object = No object was found.
page-column-no = No.
page-column-what = What
page-column-material = Material
page-column-mass-g = Mass, g
page-column-density = Density, g/cm³
page-column-size = Size, mm
page-column-inside = Inside
page-column-equals = Equals
page-or = or
page-share = { $name } { $percent } %
page-group = group { $group }

page-shapes = Shapes
page-score = Score
page-deviation = Deviation
page-rms = { $rms } mm rms
page-p95 = 95 % below { $p95 } mm
page-coverage = Coverage
page-hand = Hand
page-mirrored = mirror image of the template
page-template = Template
page-template-coloured = Template, coloured by deviation
page-measured-outlined = Measured, the template's outline over it
page-measured-surface = measured surface, { $view }
page-template-view = template, { $view }
page-view-broad = broad side
page-view-behind = from behind
page-view-slanted = slanted
page-lies-inside = object lies inside
page-stands-out = stands out
page-deviation-mm = deviation, mm
page-outline = Template outline over the scan
page-outline-plane = template outline over the scan, { $plane }
page-right = Right
page-contact = contact { $contact }
page-not-measured = not measured
page-genuine-range = genuine is { $low } to { $high }
page-genuine-mass-g = mass, g
page-genuine-density-g-cm3 = density, g/cm³
page-genuine-z-e = z_e
page-genuine-wall-mm = wall, mm
page-as-well = As well
page-alternatives = cannot be told from { $names }
page-no-match = No object has the shape of a template.

page-how = How this was found
page-not-known = not known
page-form = Form
page-voxels = Voxels
page-voxels-of = { $shape } of { $size } mm (z, y, x)
page-binned = analysed { $binning } times coarser
page-scanner = Scanner
page-scale = Scale
page-noise = noise { $noise }
page-uncertainty = uncertainty of rho_e { $rho_e } %, of z_e { $z_e } %
page-declaration-file = Declaration
page-made-by = Made by
page-notes = Notes
page-notes-none = None.
page-words = Words
page-footer = the same findings for programs: report.json, labels.h5

page-word-risk = risk
page-word-risk-is = Probability, 0 to 1, that an officer who opens the parcel would find something.
page-word-severity = severity
page-word-severity-is = Of one reason: its probability times its consequence, 0 to 1. From 0.5 on it needs an officer.
page-word-sigma = ±
page-word-sigma-is = Standard uncertainty (one sigma). Whiskers on bars span two sigma to each side.
page-word-z-e = z_e
page-word-z-e-is = Effective atomic number: which single element would absorb alike (LLNL definition). Water has 7.4, plastics 5 to 9, PVC 14, aluminium 13, iron 26.
page-word-rho-e = rho_e
page-word-rho-e-is = Electron density, moles of electrons in a cubic centimetre. Water has 0.554.
page-word-mhu = MHU
page-word-mhu-is = Modified Hounsfield unit: absorption on a scale where air is 0 and water 1000.
page-word-template = template
page-word-template-is = A shape at true size that a right protects, or that is known from earlier seizures, or prohibited.
page-word-score = score
page-word-score-is = Of a template match, 0 to 1: at 0.5 it is as likely right as wrong.
page-word-deviation = deviation
page-word-deviation-is = How far the object's outer surface lies from the template's, mm: rms over all of it, and what 95 % stays below.
page-word-coverage = coverage
page-word-coverage-is = Share of the template's surface on which the object's surface lies.
page-word-suspected = suspected
page-word-suspected-is = The scan speaks for it. Whether it is so, the right holder and the officer decide.
page-word-mismatch = mismatch
page-word-mismatch-is = Declared and measured differ by more than their uncertainty.
