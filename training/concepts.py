"""What the model is taught: the things it can draw, and the colours of the backgrounds behind them.

Names are what a prompt calls a thing; the slug is the icon's name in the icon set.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Concept:
    """One thing: its first name is the canonical one, the others are synonyms that the captions also use."""

    slug: str
    names: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.names[0]


@dataclass(frozen=True)
class Colour:
    """One background colour, sRGB 0..255; its first name is the canonical one."""

    names: tuple[str, ...]
    rgb: tuple[int, int, int]

    @property
    def name(self) -> str:
        return self.names[0]


# slug: name, synonyms. Faces were taken where the set has both a face and a body, because they read better at this size.
_TABLE = """
fox: fox | cat-face: cat, kitten | dog-face: dog, puppy | wolf: wolf | bear: bear, brown bear | panda: panda, panda bear | koala: koala
lion: lion | tiger-face: tiger | cow-face: cow | pig-face: pig, piglet | frog: frog, toad | monkey-face: monkey, ape | mouse-face: mouse
rabbit-face: rabbit, bunny | horse-face: horse, stallion | unicorn: unicorn | zebra: zebra | dragon: dragon | raccoon: raccoon
penguin: penguin | chicken: chicken, hen | rooster: rooster | baby-chick: chick, baby chick | owl: owl | parrot: parrot | flamingo: flamingo
peacock: peacock | swan: swan | duck: duck, mallard | turtle: turtle, tortoise | snake: snake, serpent | octopus: octopus | crab: crab
dolphin: dolphin | spouting-whale: whale | shark: shark | tropical-fish: tropical fish, fish | jellyfish: jellyfish | snail: snail
butterfly: butterfly | bug: caterpillar | honeybee: bee, honeybee | lady-beetle: ladybug, ladybird | elephant: elephant | giraffe: giraffe
camel: camel | hedgehog: hedgehog | t-rex: dinosaur, t-rex
red-apple: apple | banana: banana | strawberry: strawberry | grapes: grapes, bunch of grapes | watermelon: watermelon, slice of watermelon
pineapple: pineapple | lemon: lemon | cherries: cherries, cherry | peach: peach | avocado: avocado | tomato: tomato | carrot: carrot
ear-of-corn: corn, ear of corn | broccoli: broccoli | eggplant: eggplant, aubergine | mushroom: mushroom, toadstool
hamburger: hamburger, burger | pizza: pizza, slice of pizza | hot-dog: hot dog, hotdog | french-fries: french fries, fries | taco: taco
sushi: sushi | doughnut: doughnut, donut | cookie: cookie, biscuit | cupcake: cupcake, muffin | birthday-cake: birthday cake, cake
soft-ice-cream: ice cream, ice cream cone | lollipop: lollipop | popcorn: popcorn | pancakes: pancakes | croissant: croissant
pretzel: pretzel | cheese-wedge: cheese, piece of cheese | hot-beverage: coffee, cup of coffee | teapot: teapot
cactus: cactus | sunflower: sunflower | rose: rose | tulip: tulip | cherry-blossom: cherry blossom, blossom | palm-tree: palm tree, palm
evergreen-tree: pine tree, fir tree | maple-leaf: maple leaf | four-leaf-clover: clover, four leaf clover
automobile: car, automobile | taxi: taxi, cab | bus: bus | ambulance: ambulance | fire-engine: fire truck, fire engine | tractor: tractor
train: train | rocket: rocket, spaceship | airplane: airplane, plane | helicopter: helicopter | sailboat: sailboat, sailing boat
flying-saucer: ufo, flying saucer | balloon: balloon
guitar: guitar | key: key | umbrella: umbrella | house: house, home | castle: castle | snowman: snowman | robot: robot | ghost: ghost
alien: alien | jack-o-lantern: pumpkin, jack o lantern | skull: skull | crown: crown | red-heart: heart | star: star
crescent-moon: moon, crescent moon | rainbow: rainbow | fire: fire, flame | volcano: volcano | ringed-planet: planet, saturn
anchor: anchor | bell: bell | camera: camera | television: television, tv | light-bulb: light bulb, bulb | wrapped-gift: gift, present
teddy-bear: teddy bear, teddy | soccer-ball: soccer ball, football | basketball: basketball
"""


def _read(table: str) -> tuple[Concept, ...]:
    entries = [entry.strip() for line in table.strip().splitlines() for entry in line.split("|")]
    pairs = (entry.split(":") for entry in entries)
    return tuple(Concept(slug.strip(), tuple(name.strip() for name in names.split(","))) for slug, names in pairs)


CONCEPTS: tuple[Concept, ...] = _read(_TABLE)

COLOURS: tuple[Colour, ...] = (
    Colour(("red",), (222, 48, 52)),
    Colour(("orange",), (247, 140, 38)),
    Colour(("yellow",), (252, 216, 64)),
    Colour(("green",), (70, 168, 82)),
    Colour(("teal", "turquoise"), (22, 142, 142)),
    Colour(("sky blue", "light blue"), (146, 208, 250)),
    Colour(("blue",), (44, 96, 220)),
    Colour(("purple", "violet"), (132, 80, 202)),
    Colour(("pink",), (250, 160, 198)),
    Colour(("brown",), (130, 88, 58)),
    Colour(("gray", "grey"), (150, 150, 156)),
    Colour(("black",), (24, 24, 28)),
    Colour(("white",), (249, 249, 249)),
)


def held_out(concept: int, colour: int) -> bool:
    """Whether this concept is never shown on this colour in training: one colour of 13 for each concept."""
    return (concept * 5 + 3) % len(COLOURS) == colour
