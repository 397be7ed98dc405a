"""Decisions in words."""

from library.judgement.same_work import Verdict


def because(verdict: Verdict) -> str:
    """Return the three weightiest reasons of a verdict, for people."""
    speaking = [reason for reason in verdict.reasons if (reason.weight > 0) == verdict.same]
    weighty = sorted(speaking, key=lambda reason: -abs(reason.weight))[:3]
    return "; ".join(f"{reason.feature}: {reason.verdict}" for reason in weighty)
