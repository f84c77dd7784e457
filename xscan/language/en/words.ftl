# Names in lists: kinds of material, kinds of finding, statuses, rights, what an object is.
kind-animal = bone or horn
kind-battery = battery
kind-ceramic = ceramic
kind-cream = cream
kind-electronics = electronics
kind-explosive-like = explosive-like organic
kind-foam = foam
kind-food = food
kind-glass = glass
kind-leather = leather
kind-light-metal = light metal
kind-liquid = liquid
kind-metal = metal
kind-mineral = mineral
kind-paper = paper
kind-plant = plant
kind-plastic = plastic
kind-powder = powder
kind-rubber = rubber
kind-soap = soap
kind-stone = stone
kind-textile = textile
kind-unknown = unknown
kind-wood = wood

finding-template-match = protected shape
finding-undeclared-object = not declared
finding-missing-item = declared, not found
finding-quantity-mismatch = quantity mismatch
finding-material-mismatch = material mismatch
finding-weight-mismatch = weight mismatch
finding-hidden-object = hidden inside another
finding-dangerous-goods = dangerous goods
finding-prohibited = prohibited
finding-description-vague = vague description
finding-right-expired = right expired
finding-genuine-deviation = unlike the genuine
finding-density-outlier = unlike its equals
finding-scan-quality = scan quality
finding-declaration-form = form of the declaration
finding-currency-like = like banknotes
finding-other-alarm = another system's alarm
finding-liquid-volume = amount of liquids

status-confirmed = confirmed
status-missing = not found
status-quantity = quantity mismatch
status-material = material mismatch
status-weight = weight mismatch
status-unverifiable = cannot be verified

right-authorised = sender is authorised
right-not-authorised = sender is not authorised
right-expired = right has expired
right-no-record = no right on record

genuine-inside = inside
genuine-outside = unlike the genuine
genuine-unknown = unknown

role-goods = goods
role-packaging = packaging
role-scanner = scanner
role-carton = carton
role-belt = belt

channel-postal = postal
channel-express = express
channel-passenger = passenger
channel-ecommerce = e-commerce
channel-transhipment = transhipment

basis-calibrated = calibrated
basis-nominal = nominal
basis-scanner = as the scanner decided
basis-single-energy = single energy
basis-none = no scale

verdict-clear = Clear
verdict-inspect = Inspect
verdict-detain = Detain
verdict-clear-do = Nothing that needs an officer was found.
verdict-inspect-do = Open the parcel or look closer, for the reasons below.
verdict-detain-do = Hold the parcel, for the reasons below; the right holder and the officer decide.

class-organic = organic: paper, plastic, food
class-mixed = light metal, glass, PVC, mixed
class-metal = metal
class-unknown = too thin to tell
class-thin-to-dense = { $name }, thin to dense
