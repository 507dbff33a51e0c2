"""The lesson on the page: choose one, read its question, predict, step through it, and read what the runs say."""

from __future__ import annotations

from typing import Any

from nicegui import ui

from sim.errors import MandateError
from sim.studio.controls import VALUE, button, dialog, field, put, words
from sim.studio.layout import SKETCH_PROPS
from sim.studio.lesson import Lesson, broken_claims, lessons, sentence, slot_values
from sim.studio.pack import series_of
from sim.studio.session import Desk, Session

SANDBOX = "Sandbox"


class LessonBar:
    """Lesson chooser, question and steps."""

    def __init__(self, page: Desk) -> None:
        self._page = page
        self._lesson: Lesson | None = None
        self._step = -1  # before the first step stands the prediction
        with ui.element("label").classes("choose lesson-choice"):
            words("span", "Lesson")
            self._choice = ui.element("select").props("id=lesson")
            with self._choice:
                words("option", SANDBOX).props["value"] = 0
                for lesson in lessons():
                    words("option", f"{lesson.number} {lesson.title}").props["value"] = lesson.number
        js = "(e) => { const n = Number(e.target.value); e.target.blur(); emit(n); }"
        self._choice.on("change", lambda e: self.open(page.session, e.args), js_handler=js)

    def build_question(self) -> None:
        """The bar below the head."""
        with ui.element("section").classes("question").props('aria-label="Lesson"') as self._bar:
            self._question = words("p", "", "id=question")
            self._predict = ui.element("p").props("id=predict").classes("predict")
            self._said = words("p", "", "id=lesson-says aria-live=polite")
            self._look = words("p", "", "id=lesson-look", "key")
            self._notes = words("p", "", "id=lesson-notes hidden", "notes")
            with ui.element("div").classes("row"):
                self._place = words("span", "", "id=lesson-place", "key")
                self._back = button("Back", lambda: self._go(self._step - 1), "id=lesson-back")
                self._next = button("Reveal", lambda: self._go(self._step + 1), "id=lesson-next")
                self._debrief = dialog()
                self._why = button("Debrief", self._debrief.open, "id=debrief")
                words(
                    "button",
                    "Notes",
                    "id=notes type=button aria-pressed=false title='what the facilitator should know here'",
                )
                self._sheet = words("a", "Sheet", "id=sheet target=_blank title='the one-page sheet, to print'")
                button("Close", lambda: self.open(self._page.session, 0), 'id=lesson-close aria-label="close lesson"')
        put(self._bar, hidden=True)

    def open(self, session: Session, number: Any) -> None:
        """Open a lesson; 0 goes on in the sandbox from where it stands."""
        lesson = next((one for one in lessons() if one.number == number), None)
        self._lesson, self._step = lesson, -1
        put(self._choice, **{VALUE: lesson.number if lesson else 0})
        put(self._bar, hidden=lesson is None)
        self._page.call("forget_prediction", None)
        if lesson is None:
            self._question.set_text("")
            return
        self._question.set_text(f"{lesson.title}. {lesson.question}")
        put(self._sheet, href=f"/lesson/{lesson.number}/sheet")
        self._fill(lesson)
        self._go(0)

    def _fill(self, lesson: Lesson) -> None:
        """Predictions and debriefing of a lesson."""
        self._predict.clear()
        with self._predict:
            words("span", "The class predicts:", classes="key")
            for text in lesson.predict:
                with ui.element("label"):
                    words("span", text)
                    put(field("number", min=0, max=999, aria_label=f"predicted: {text}"), **{"data-predict": text})
            words("button", "Sketch", SKETCH_PROPS, "sketch-toggle")
        self._debrief.clear()
        with self._debrief, ui.element("section").classes("card").props('aria-label="Debrief"'):
            words("h2", lesson.title)
            words("p", f"Notice: {lesson.notice}")
            for pair in lesson.debrief:
                words("h3", pair["question"])
                words("p", pair["answer"])
            words("p", f"What it cannot tell: {lesson.cannot_tell}")
            words(
                "p",
                f"Sources: {', '.join(lesson.sources)}. mandate explain source ID shows each."
                if lesson.sources
                else "",
            )
            button("Close", self._debrief.close)

    def _go(self, step: int) -> None:
        """Go to a step of the lesson."""
        lesson = self._lesson
        if lesson is None or not 0 <= step < len(lesson.steps):
            return
        self._step = step
        now = lesson.steps[step]
        self._said.set_text("")
        self._look.set_text(f"Where to look: {now.look}." if now.look else "")
        put(self._back, disabled=step == 0)
        last = len(lesson.steps) - 1
        put(self._next, disabled=step == last)
        self._next.set_text("Reveal" if step == 0 else "Next" if step < last - 1 else "The twist")
        self._place.set_text(f"step {step + 1} of {last + 1}, about {lesson.minutes} minutes")
        self._notes.set_text(_note(lesson, step))
        put(self._why, hidden=step < last)
        try:
            choice = now.choice()
            self._page.session.scale_for = None  # a lesson has its own scale
            self._page.focus(now.week, now.series)
            if choice == self._page.session.choice:
                self._page.session.compute()
            else:
                self._page.session.take(choice, is_whole=True)
        except MandateError as error:
            self._page.say(str(error))

    def covered(self, session: Session) -> int | None:
        """Return the last week that may be seen: before a lesson that asks for a sketch reveals anything."""
        lesson = self._lesson
        if lesson is None or not lesson.sketch or self._step != 0:
            return None
        return lesson.steps[0].week if session.choice == lesson.steps[0].choice() else None

    def shown(self, session: Session) -> None:
        """The runs of a step are there: say what they say."""
        if self._lesson is None or self._step < 0:
            return
        step = self._lesson.steps[self._step]
        if session.choice != step.choice():
            self._said.set_text("You have left the lesson's setting; Back and Next return to it.")
            return
        packs = {side: session.engine.runs.get(key) for side, key in zip(("a", "b"), session.keys())}
        values = slot_values(step, {side: series_of(pack) for side, pack in packs.items() if pack is not None})
        broken = broken_claims(step, values)
        note = " (In this version of the model this no longer holds; say so.)" if broken else ""
        self._said.set_text(sentence(step, values) + note)


def _note(lesson: Lesson, step: int) -> str:
    """What the facilitator should know at a step: likely wrong answers, then what is to be seen, at the end how to close."""
    if step == 0:
        wrong = " ".join(f"“{one['answer']}” It shows {one['reveals']}" for one in lesson.wrong_answers)
        return f"Ask the question as it stands and let everybody commit. Likely answers: {wrong}"
    seen = "; ".join(str(claim["says"]) for claim in lesson.steps[step].claims)
    if step < len(lesson.steps) - 1:
        return f"To be seen: {seen}. Replay the last change (R), then ask what moved first."
    return f"To be seen: {seen}. Then the debrief: {lesson.debrief[0]['question']} {lesson.talk}"
