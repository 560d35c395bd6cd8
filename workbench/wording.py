"""The words for codes of the contract and of the desk, in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from workbench import life

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

GRADE_WORDS: Final[dict[str, StrPromise]] = {
    "red": _("Red"),
    "orange": _("Orange"),
    "yellow": _("Yellow"),
    "watch": _("Watch"),
}
SCENARIO_WORDS: Final[dict[str, StrPromise]] = {
    "hospitalization": _("Stays"),
    "consumables": _("Consumables"),
}
STATE_WORDS: Final[dict[str, StrPromise]] = {
    life.NEW: _("New"),
    life.IN_REVIEW: _("In review"),
    life.AWAITS_SECOND: _("Awaits a second opinion"),
    life.IN_SECOND: _("In second review"),
    life.CONFLICTED: _("Opinions differ"),
    life.ON_SITE: _("On-site inspection"),
    life.CONFIRMED: _("Confirmed"),
    life.REFUTED: _("Refuted"),
    life.INCONCLUSIVE: _("Inconclusive"),
    life.APPEALED: _("Appealed"),
    life.UPHELD: _("Upheld on appeal"),
    life.OVERTURNED: _("Overturned on appeal"),
}
OUTCOME_WORDS: Final[dict[str, StrPromise]] = {
    life.CONFIRMED: _("Confirmed"),
    life.REFUTED: _("Refuted"),
    life.INCONCLUSIVE: _("Inconclusive"),
    life.ON_SITE: _("Refer to on-site inspection"),
}
# Why an auditor concluded so: the code that is kept, under the outcome it belongs to.
REASON_WORDS: Final[dict[str, dict[str, StrPromise]]] = {
    life.CONFIRMED: {
        "quantity_differs": _("Quantities billed, used or bought differ"),
        "price_above_limit": _("Price above what is allowed"),
        "care_not_shown": _("The record does not show the care that was billed"),
        "record_contradicts": _("Dates or entries of the record contradict each other"),
        "coding_unsupported": _("The record does not support the coding"),
        "terms_not_met": _("Terms of payment are not met"),
    },
    life.REFUTED: {
        "explained_by_record": _("The record explains it"),
        "clinically_justified": _("Clinically justified"),
        "known_exception": _("A known exception applies"),
        "data_fault": _("A fault of the data, not of the care"),
    },
    life.INCONCLUSIVE: {
        "record_missing": _("Records are missing"),
        "evidence_insufficient": _("Evidence is not sufficient either way"),
    },
    life.ON_SITE: {
        "original_record_needed": _("The original record must be seen"),
        "stock_count_needed": _("The stock must be counted"),
        "person_to_be_asked": _("The person or the ward must be asked"),
    },
}
CATEGORY_WORDS: Final[dict[str, StrPromise]] = {
    "bed": _("Bed"),
    "nursing": _("Nursing"),
    "consultation": _("Consultation"),
    "examination": _("Examination"),
    "laboratory": _("Laboratory"),
    "drug": _("Drugs"),
    "treatment": _("Treatment"),
    "surgery": _("Surgery"),
    "anaesthesia": _("Anaesthesia"),
    "rehabilitation": _("Rehabilitation"),
    "consumable": _("Consumables"),
    "other": _("Other"),
}
# Facts that are delivered and not measured, in the order in which an auditor asks.
FACT_WORDS: Final[dict[str, StrPromise]] = {
    "department": _("Department"),
    "ward": _("Ward"),
    "admitted_on": _("Admitted"),
    "discharged_on": _("Discharged"),
    "event_on": _("Day of the event"),
    "month": _("Month"),
    "admission_way": _("Way of admission"),
    "discharge_way": _("Way of discharge"),
    "principal_diagnosis": _("Main diagnosis"),
    "drg": _("Case group"),
    "level": _("Level of the hospital"),
    "scheme": _("Insurance scheme"),
    "age": _("Age"),
    "length_of_stay": _("Days of stay"),
    "total_amount": _("Whole fee (yuan)"),
    "fund_amount": _("Paid by the fund (yuan)"),
    "payment_standard": _("Payment standard (yuan)"),
    "generic_name": _("Item"),
    "item_code": _("Item code"),
    "class_name": _("Class of the item"),
    "site": _("Site"),
}
# What the audit trail tells of; a case that reaches a state says so itself.
EVENT_WORDS: Final[dict[str, StrPromise]] = {
    "case.viewed": _("Opened the dossier"),
    "case.taken": _("Took the case"),
    "case.released": _("Put the case back"),
    "case.timed_out": _("The time for the case ran out"),
    "case.reopened": _("Reopened the case"),
    "case.attached": _("Attached a file"),
    "case.packed": _("Took out an evidence packet"),
    f"case.{life.AWAITS_SECOND}": _("Gave the first opinion; a second is awaited"),
    f"case.{life.CONFLICTED}": _("Gave the second opinion; the two differ"),
    f"case.{life.ON_SITE}": _("Referred the case to on-site inspection"),
    f"case.{life.CONFIRMED}": _("Concluded: confirmed"),
    f"case.{life.REFUTED}": _("Concluded: refuted"),
    f"case.{life.INCONCLUSIVE}": _("Concluded: inconclusive"),
    f"case.{life.APPEALED}": _("Recorded an appeal of the hospital"),
    f"case.{life.UPHELD}": _("Answered the appeal: upheld"),
    f"case.{life.OVERTURNED}": _("Answered the appeal: overturned"),
    "person.unmasked": _("Asked who a person is"),
    "queue.exported": _("Exported the queue"),
    "scores.listed": _("Was shown grade and probability of cases in a list"),
    "facts_only": _("Switched facts only on or off"),
    "sign_in": _("Signed in"),
    "sign_in.failed": _("A sign-in failed"),
    "outcomes.handed_over": _("Outcomes were handed over to the lake"),
}
LOSS_WORDS: Final[dict[str, StrPromise]] = {
    "line_sum": _("sum of the lines in doubt"),
    "excess_over_peers": _("excess over the standard"),
    "drg_difference": _("difference of payment between case groups"),
    "drg_vs_ffs": _("group payment against fees"),
}
SELECTED_WORDS: Final[dict[str, StrPromise]] = {
    "model": _("the model"),
    "rule": _("a rule"),
    "random": _("the lot"),
}
# What an item may cost, and what it was billed at.
PRICE_WORDS: Final[dict[str, StrPromise]] = {
    "invoice_price": _("Latest invoice price (yuan)"),
    "dearest_invoice": _("Dearest invoice still on the shelf (yuan)"),
    "platform_price": _("Platform price (yuan)"),
    "price_limit": _("Price limit (yuan)"),
    "billed_price": _("Billed price (yuan)"),
}
# The chain of an item from one count of stock to a day or to the next count.
SUPPLY_WORDS: Final[dict[str, StrPromise]] = {
    "opening": _("Counted at the beginning"),
    "bought": _("Bought"),
    "came": _("Came from elsewhere or was found"),
    "returned": _("Returned to the supplier"),
    "went": _("Went elsewhere"),
    "scrapped": _("Scrapped or lost"),
    "issued": _("Issued to wards"),
    "brought_back": _("Brought back by wards"),
    "used": _("Recorded as used"),
    "billed": _("Billed"),
    "closing": _("Counted at the end"),
}
# Where it does not hold.
BREAK_WORDS: Final[dict[str, StrPromise]] = {
    "use": _("%(units)s more than there was"),
    "bill": _("%(units)s more than was recorded as used"),
    "bill_unrecorded": _("%(units)s more than there was"),
    "fewer": _("%(units)s fewer than should be left"),
    "more": _("%(units)s more than should be left"),
}
# Why a step is not known.
MISSING_WORDS: Final[dict[str, StrPromise]] = {
    "stock_counts": _("The hospital has delivered no counts of stock."),
    "count_of_item": _("This item was not counted in the year before."),
    "purchases": _("The hospital has delivered no purchases."),
    "stock_moves": _("The hospital has delivered no stock moves."),
    "device_uses": _("The hospital has delivered no records of use."),
    "fee_lines": _("The lines of bills lack what the chain needs."),
}
# What a use has beside it: its own stay.
OWN_WORDS: Final[dict[str, StrPromise]] = {
    "used_quantity": _("Recorded as used"),
    "billed_quantity": _("Billed"),
}
# The chain as nights wrote it before they looked into the books beside a use.
CHAIN_WORDS: Final[dict[str, StrPromise]] = {
    "used_quantity": _("Recorded as used"),
    "billed_quantity": _("Billed"),
    "year_opening": _("Opening stock"),
    "bought_year": _("Bought"),
    "in_year": _("Came from elsewhere"),
    "out_year": _("Went elsewhere or was lost"),
    "closing": _("Closing stock"),
    "issued": _("Issued to wards"),
    "used": _("Recorded as used in the month"),
    "billed": _("Billed in the month"),
    "billed_year": _("Billed between the counts"),
}
# How far the data alone can carry a rule; the contract names the grades in Chinese.
RULE_GRADE_WORDS: Final[dict[str, StrPromise]] = {
    "疑点": _("doubtful point"),
    "线索": _("clue"),
}
LEVEL_WORDS: Final[dict[str, StrPromise]] = {
    "3": _("level 3"),
    "2": _("level 2"),
    "1": _("level 1"),
    "0": _("not graded"),
}
# What marked a point as unusual, and from which band on.
DETECTOR_WORDS: Final[dict[str, StrPromise]] = {
    "probability": _("probability of the ranker"),
    "all_detectors": _("all detectors together"),
    "iforest": _("isolation forest"),
    "hbos": _("histograms (HBOS)"),
    "knn": _("nearest neighbours"),
}
# What bars add up to, by the source of the explanation.
SUM_WORDS: Final[dict[str, StrPromise]] = {
    "ranker": _("What adds up to the margin, the log-odds before they become the probability"),
    "prior": _("What adds up to the place in the queue: how unusual it is, and rule hits"),
    "distance": _("What adds up to its distance from peers, which orders subjects of equal rules"),
    "iforest": _("Isolation forest: minus the splits that set it apart (higher: apart sooner)"),
    "hbos": _("Histograms (HBOS): rarity of its figures in the family where it is rarest"),
    "knn": _("Nearest neighbours: squared distance to the fifth nearest record it learned from"),
}
# Kinds of subjects, as a heading names them.
SUBJECT_WORDS: Final[dict[str, StrPromise]] = {
    "stay": _("stay"),
    "use": _("use of an item"),
    "ledger": _("ledger of an item"),
    "person": _("person"),
    "physician": _("physician"),
    "department": _("department"),
    "hospital": _("hospital"),
    "group": _("group of persons"),
}
# Codes of the contract that a fact may hold.
CODE_WORDS: Final[dict[str, StrPromise]] = {
    "clinic": _("clinic"),
    "pharmacy": _("pharmacy"),
    "employee": _("employees"),
    "resident": _("residents"),
    "emergency": _("emergency"),
    "outpatient": _("through the clinic"),
    "transfer": _("by transfer"),
    "home": _("went home"),
    "against_advice": _("against advice"),
    "death": _("died"),
}
