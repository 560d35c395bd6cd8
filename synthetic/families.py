"""Consumables that stand for each other: sets and their parts, plain and dear, paid by whom.

Keys are those of ``data/consumables.csv``. A set costs less than its parts together.
"""

from __future__ import annotations

# The parts of a set, and how many of each it holds.
PARTS: dict[str, dict[str, int]] = {
    "hip_set": {"hip_stem": 1, "hip_head": 1, "hip_cup": 1, "hip_liner": 1},
    "knee_set": {"knee_femur": 1, "knee_tibia": 1, "knee_insert": 1},
    "nail": {"nail_body": 1, "nail_screw": 3, "nail_cap": 1},
    "external_fixator": {"fixator_rod": 2, "fixator_pin": 4, "fixator_clamp": 4},
    "pvp_set": {"pvp_needle": 1, "pvp_cannula": 1, "pvp_injector": 1},
}
# What some hospitals take instead of the plain one now and then: same use, two to four times
# the price.
DEARER = {
    "ptca_balloon": "scoring_balloon",
    "peripheral_balloon": "peripheral_dcb",
    "double_j": "double_j_coated",
    "hernia_mesh": "composite_mesh",
    "infusion_port": "power_port",
    "bone_cement": "cement_antibiotic",
    "cartridge": "cartridge_reinforced",
    "barbed_suture": "suture_antibacterial",
    "haemostatic_gauze": "gauze_composite",
    "ligation_clip": "absorbable_clip",
}
# Plain and dear products for different patients; one is never chosen for the other.
BETTER = {"iol_mono": "iol_toric"}
# What patients pay themselves, and the covered item that is nearest to it.
COVERED_INSTEAD = {
    "adhesion_gel": "anti_adhesion",
    "tissue_glue": "flowable_haemostat",
    "bmp_graft": "bone_graft",
    "iol_multifocal": "iol_toric",
    "haemostatic_powder": "haemostatic_gauze",
    "mesh_biologic": "hernia_mesh",
    "anchor_absorbable": "suture_anchor",
}
NEWLY_COVERED = ("skin_adhesive",)  # taken into the fund's catalogue in the middle of the window


def of_kind(key: str) -> str:
    """The item of a kit that this one stands for: itself, the plain one, or the whole set."""
    plain = {dear: plain for plain, dear in DEARER.items()}
    whole = {part: name for name, parts in PARTS.items() for part in parts}
    return plain.get(key) or whole.get(key) or key
