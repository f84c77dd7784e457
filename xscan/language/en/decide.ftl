# What the decision says of a finding. Masses arrive with their unit, written.
decide-template-known = Shape of { $name }: suspected to be the article known from earlier seizures (match { NUMBER($score, style: "percent") }).
decide-template-right = Shape of { $name }, a protected design: suspected infringement; { $reason }.
decide-template-no-record = Shape of { $name }, a protected design without a recorded right: the holder should be asked.
decide-template-prohibited = Shape of { $name }, which may not be sent (match { NUMBER($score, style: "percent") }).
decide-right-expired = Shape of { $name }: { $reason }.
decide-genuine = { $name }: { $what } is { $measured }, the genuine article has { $low } to { $high }{ $unit }.
decide-undeclared = No line of the declaration explains object { $object }: { $body }.
decide-undeclared-equal = No line of the declaration explains { $count } equal objects: each { $body }.
decide-hidden = Object { $object } lies hidden inside object { $outer }: { $body }.
decide-missing = Line { $line } ({ $description }) was not found: { $reason }.
decide-quantity = Line { $line } ({ $description }): { $reason }.
decide-material = Line { $line } ({ $description }): { $reason }.
decide-weight = Line { $line } ({ $description }): { $reason }.
decide-doubt-missing = Line { $line } ({ $description }) may be missing: { $reason }.
decide-doubt-quantity = Line { $line } ({ $description }) may be of another quantity: { $reason }.
decide-doubt-material = Line { $line } ({ $description }) may be of another material: { $reason }.
decide-doubt-weight = Line { $line } ({ $description }) may be of another weight: { $reason }.
decide-doubt-undeclared = Object { $object } may belong to no line: { $body }.
decide-doubt-hidden = Object { $object }, inside object { $outer }, may belong to no line: { $body }.
decide-weight-total = The parcel's goods weigh { NUMBER($measured, minimumFractionDigits: 3) } ± { NUMBER($sigma, minimumFractionDigits: 3) } kg; declared are { NUMBER($declared, minimumFractionDigits: 3) } kg.
decide-weight-gross = The goods weigh { NUMBER($measured, minimumFractionDigits: 3) } kg, more than the declared gross weight of { NUMBER($declared, minimumFractionDigits: 3) } kg.
decide-cells = { $count ->
    [one] { $count } body of the form and density of a { $form } cell ({ $size }): suspected lithium cell, { $where }.
   *[other] { $count } bodies of the form and density of { $form } cells ({ $size }): suspected lithium cells, { $where }.
 }
decide-cells-undeclared = not declared
decide-cells-declared = declared on line { $line }
decide-cells-in-goods = in goods of line { $line }, which run on cells
decide-cells-unsaid = no declaration to hold them against
decide-vague = Line { $line }: “{ $description }” does not say what the goods are ({ $word }).
decide-vague-code = Line { $line }: HS code and description speak of different goods.
decide-outlier = Object { $object } weighs { NUMBER($mass, maximumFractionDigits: 0) } g, bodies of the same size beside it { NUMBER($usual, maximumFractionDigits: 0) } g.
decide-noise = The scan is noisy ({ NUMBER($noise, maximumFractionDigits: 0) } MHU): small or light bodies may have been missed.
decide-border = { $count ->
    [one] { $count } object reaches the edge of the scanned field and may be cut off there.
   *[other] { $count } objects reach the edge of the scanned field and may be cut off there.
 }
decide-metal = { NUMBER($share, style: "percent") } of the goods' mass lies in or beside metal, where materials cannot be told well.
decide-scale-none = The scan carries no physical scale: masses and materials are unknown.
decide-scale-nominal = No calibration was given: a nominal water scale was used, masses may be off by a tenth or more.
decide-scale-single = One energy only: materials are judged by density alone.
decide-body = { $kind } body of { $mass }, { $size } mm
decide-body-unweighed = { $kind } body, { $size } mm
decide-body-unknown = body of unknown material of { $mass }, { $size } mm
decide-body-unknown-unweighed = body of unknown material, { $size } mm

# Names of what is measured of a genuine article.
quantity-mass-g = mass
quantity-density-g-cm3 = density
quantity-z-e = effective atomic number
quantity-wall-mm = wall
