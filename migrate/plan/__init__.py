"""The plan: a ConfigObj file that says what becomes of each profile, written by `plan`, edited by a person, read by `config` and `code`."""

from migrate.plan.read import Plan, PlanProfile, PlanSession, load_plan

__all__ = ["Plan", "PlanProfile", "PlanSession", "load_plan"]
