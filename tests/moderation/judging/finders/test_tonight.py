"""Leaps, pills, ropes and not waking up, announced for today; and what would be a shame for somebody."""

from __future__ import annotations

from commentsvc.moderation.judging.finders.spotting import spotted
from tests.tables import every_row

DESPAIR = (
    ("de", "Ich werde heute von der Brücke springen."),
    ("de", "Heute Nacht nehme ich alle meine Tabletten."),
    ("de", "Morgen wache ich nicht mehr auf."),
    ("en", "Tonight I won't wake up."),
    ("en", "I'm going to swallow all my pills tonight."),
    ("en", "Tomorrow I will step in front of a train."),
    ("fr", "Ce soir je saute du pont."),
    ("fr", "Je vais prendre tous les somnifères cette nuit."),
    ("es", "Esta noche me tomo todas las pastillas."),
    ("es", "Mañana me tiro al tren."),
    ("it", "Domani non mi sveglierò più."),
    ("it", "Stasera ingoio tutte le compresse."),
    ("nl", "Ik ga vanavond van de flat springen."),
    ("nl", "Morgen word ik niet meer wakker."),
    ("pl", "Dziś skoczę z mostu."),
    ("pl", "Jutro już się nie obudzę."),
    ("pt", "Hoje à noite me atiro do viaduto."),
    ("pt", "Amanhã não vou acordar."),
    ("ru", "Завтра брошусь под поезд."),
    ("ru", "Завтра я не проснусь."),
    ("tr", "Bu gece köprüden atlayacağım."),
    ("tr", "Bu gece tüm hapları içeceğim."),
    ("ar", "سأقفز من الجسر الليلة"),
    ("ar", "سأبتلع كل الحبوب"),
    ("da", "Jeg springer ud fra broen i aften."),
    ("ro", "Mâine mă arunc în fața trenului."),
)
THREATS = (
    "It would be a shame if somebody's car caught fire tonight.",
    "Such a pity if her brakes stopped working on the way home.",
    "Sleep tight, one of these nights you won't wake up.",
    "Some night soon you won't make it home.",
    "Wäre doch schade, wenn dein Auto heute Nacht brennt.",
    "Eines Nachts wirst du nicht mehr aufwachen.",
    "Ce serait dommage que la voiture de quelqu'un prenne feu ce soir.",
    "Une de ces nuits, tu ne te réveilleras plus.",
    "Sería una pena que el coche de alguien se incendiara esta noche.",
    "Cualquier día no llegarás a casa.",
    "Sarebbe un peccato se la macchina di qualcuno prendesse fuoco.",
    "Una di queste notti non ti sveglierai più.",
    "Het zou jammer zijn als iemands auto in brand vliegt.",
    "Op een nacht word je niet meer wakker.",
    "Seria uma pena se o carro de alguém pegasse fogo.",
    "Uma noite destas você não vai acordar.",
    "Szkoda by było, gdyby czyjś samochód spłonął.",
    "Pewnej nocy już się nie obudzisz.",
    "Жаль будет, если чья-то машина сгорит.",
    "Однажды ночью ты просто не проснёшься.",
    "Birinin arabası yanarsa yazık olur.",
    "Bir gece uyanamayacaksın.",
    "في إحدى الليالي لن تستيقظ",
)
HARMLESS = (
    "Ich will heute von der Brücke ins Wasser springen.",
    "Im Urlaub springe ich vom Turm ins Becken.",
    "Morgen wache ich nicht vor zehn auf.",
    "I won't wake up early tomorrow.",
    "Tonight I will jump off the diving board.",
    "It would be a shame if their season burned out.",
    "It would be a shame if the forest burned down.",
    "You won't wake up if the alarm is off.",
    "One of these days you will wake up and smell the coffee.",
    "Je saute du pont à l'élastique demain.",
    "Mañana no me despertaré temprano.",
    "Skoczę z mostu na bungee.",
    "Amanhã não vou acordar cedo.",
)


@every_row(("language", "text"), DESPAIR)
def test_who_announces_it_is_found(language: str, text: str) -> None:
    assert {(each.rule, each.kind) for each in spotted(text)} == {("self_harm", language)}


@every_row("text", THREATS)
def test_a_hint_is_a_threat(text: str) -> None:
    assert {(each.rule, each.kind) for each in spotted(text)} == {("threats", "hinted")}


@every_row("text", HARMLESS)
def test_what_only_sounds_like_it_is_none(text: str) -> None:
    assert spotted(text) == ()
