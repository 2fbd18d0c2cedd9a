"""People called vermin or a disease; animals and diseases are not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from commentsvc.moderation.judging.finders.spotting import spotted
from tests.factories import post
from tests.tables import every_row

if TYPE_CHECKING:
    from tests.people import Cast

FOUND = [
    "Immigrants are vermin.", "Muslims are a cancer on this country",
    "Refugees are cockroaches and should be deported", "They are parasites.",
    "The hotel is infested with migrants", "Jews are rats", "Gypsies are nothing but filthy animals",
    "they breed like rabbits", "These vermin should leave",
    "Fumigate the lot of them and exterminate them all", "Lefties are a disease.",
    "swarms of illegal immigrants", "Ausländer sind Ungeziefer.", "Les migrants sont des parasites.",
    "Los inmigrantes son una plaga.", "We must clean the streets of these people",
]  # fmt: skip
HARMLESS = [
    "Rats are vermin.", "These locusts destroyed the harvest", "Dogs are animals too.",
    "Pigs are clever animals.", "The camp is infested with mosquitoes", "Cancer is a disease.",
    "Migrants are people, not animals.", "Nobody should call refugees vermin", "Women are animal lovers",
    "The park is overrun with weeds", "They are animals in the wild",
    "Clean up the trash in the park on Saturday", "Calling immigrants vermin is what the Nazis did",
    "Politicians are elected", "Die Katzen sind Tiere.", "Chinese cancer patients are treated there",
    "Women are dying of cancer", "Indians are known for snakes charm", "Our dogs are pests, I love them",
]  # fmt: skip


def test_it_works(cast: Cast) -> None:
    assert post(cast.site, "The hotel is infested with migrants.").comment.status == "pending"


@every_row("text", FOUND)
def test_people_called_vermin(text: str) -> None:
    assert "dehumanizing" in {each.rule for each in spotted(text)}


@every_row("text", HARMLESS)
def test_animals_and_diseases(text: str) -> None:
    assert not spotted(text)
