# Beschriftungen, Hinweise und Beispiele von Feldern. `field-…` ist der Name einer Angabe, wo immer von ihr die Rede ist.

## Namen der Angaben

field-title = Titel
field-subtitle = In einem Satz
field-description = Beschreibung
field-author = Gemacht von
field-language = Sprache
field-slug = Adresse
field-link = Seite anderswo
field-categories = Kategorien
field-kind = Art
field-medium = Medium
field-explicit = Explizit
field-complete = Abgeschlossen
field-block = Vor Verzeichnissen verbergen
field-update-text = Wie oft, in Worten
field-update-rule = Dasselbe als Regel
field-persons = Mitwirkende
field-location = Ort
field-owner-name = Name der verantwortlichen Person
field-owner-email = E-Mail der verantwortlichen Person
field-copyright = Copyright
field-license = Lizenz
field-funding = Wege, sie zu unterstützen
field-locked = Gesperrt
field-apple-verify = Code von Apple
field-new-feed-url = Neue Adresse des Feeds
field-podroll = Empfohlene Sendungen
field-txt = Freie Texte
field-accent = Akzentfarbe
field-artwork = Cover
field-audio = Aufnahme
field-summary = In ein, zwei Sätzen
field-notes = Shownotes
field-season = Staffel
field-season-name = Name der Staffel
field-number = Nummer
field-chapters = Kapitel
field-soundbites = Soundbites
field-email = E-Mail
field-name = Name
field-password = Passwort
field-role = Rolle
field-file = Datei
field-at = Zeitpunkt
field-show = Sendung
field-starts-at = Beginn
field-audience = Wer ihn findet
field-on-end = Am Ende
field-chat = Wer schreiben darf
field-seats = Plätze auf der Bühne
field-delay-s = Verzögerung in Sekunden
field-slow-mode-s = Sekunden zwischen zwei Zeilen einer Person
field-hands = Publikum darf sich melden
field-shows-count = Zeigen, wie viele zuhören
field-label = Für wen
field-hours = Wie lange

## Felder einer Sendung

show-title-new-help = So, wie man ihn ausspricht. Ohne „Podcast“, ohne Werbezeile.
show-subtitle-help = Steht unter dem Titel.
show-description-help = Markdown. Worum geht es, wer spricht, wie oft? Verzeichnisse nehmen bis zu 4000 Bytes.
show-author-help = Eine Person, eine Gruppe oder das Haus.
show-author-new-help = Eine Person, eine Gruppe oder das Haus; steht unter dem Titel.
show-language-help = Ein Sprachkürzel wie en, de oder pt-BR.
show-language-new-help = Ein Sprachkürzel wie en, de oder pt-BR.
show-slug-help = Der Teil nach /shows/. Alte Adressen führen zur neuen weiter.
show-link = Eigene Website
show-link-help = Leer lassen, um die Seite hier zu verwenden.
show-category-1 = Erste Kategorie
show-category-2 = Zweite
show-category-3 = Dritte
show-category-none = Keine
show-kind = Reihenfolge
show-kind-episodic = Einzelfolgen: neueste zuerst
show-kind-serial = Fortlaufend: von der ersten an
medium-podcast = Podcast
medium-music = Musik
medium-video = Video
medium-film = Film
medium-audiobook = Hörbuch
medium-newsletter = Newsletter
medium-course = Kurs
show-explicit-help = Derbe Sprache oder Themen, die nicht für Kinder gedacht sind.
show-complete-help = Es kommt keine weitere Folge.
show-block-help = Wer den Feed schon hat, bekommt ihn weiterhin.
show-update-text-example = Jeden Freitag
show-update-rule-example = FREQ=WEEKLY;BYDAY=FR
show-persons-help = Je Zeile eine Person: Name | Rolle | Link | Adresse eines Bildes. Alles außer dem Namen darf fehlen; Bilder werden geholt und hier aufbewahrt. Ein \ vor | lässt es Text sein.
show-persons-example = Ada Lindqvist | host | https://example.org/ada
place-help = Name | geo:48.2,16.37 | R113314. Die letzten beiden dürfen fehlen. Ein \ vor | lässt es Text sein.
show-owner-name-help = Für Verzeichnisse; auf den Seiten nicht zu sehen.
show-owner-email-help = Verzeichnisse schicken einen Code dorthin, damit Sie zeigen, dass die Sendung Ihnen gehört. Die Adresse steht im Feed.
show-copyright-example = © 2026 Hafenradio
show-license-help = Name | Adresse des Textes, etwa cc-by-4.0. Ein \ vor | lässt es Text sein.
show-funding-help = Je Zeile eine: Adresse | Text des Links. Ein \ vor | lässt es Text sein.
show-funding-example = https://example.org/kaffee | Spendieren Sie uns einen Kaffee
show-locked-help = Andere Anbieter dürfen den Feed nicht importieren. Nur während eines Umzugs ausschalten.
show-new-feed-url-help = Nur wenn die Sendung umgezogen ist; Apps folgen innerhalb von Wochen.
show-podroll-help = Je Zeile eine: podcast:guid | Adresse des Feeds | Titel. Ein \ vor | lässt es Text sein.
show-txt-help = Je Zeile einer: Zweck | Text. Verzeichnisse verlangen so eine Zeile als Nachweis, dass der Feed Ihnen gehört. Ein \ vor | lässt es Text sein.
show-txt-example = verify | abc123
show-apple-verify-help = Apple Podcasts vergibt ihn als Nachweis, dass der Feed Ihnen gehört. Er steht im Feed; leeren Sie das Feld, sobald Apple ihn gesehen hat.
show-accent-help = Als #rrggbb. Leer lassen, um sie aus dem Cover zu nehmen. Sie wird so weit abgedunkelt oder aufgehellt, bis sie lesbar ist.
show-accent-example = #1f6f6b

## Felder einer Folge

episode-title-new-help = Ohne die Nummer; die hat ein eigenes Feld.
episode-summary-help = Für Listen und Vorschauen; reiner Text.
episode-notes-help = Markdown: **fett**, [Wörter](https://…), - Listen.
episode-kind-full = Ganze Folge
episode-kind-trailer = Trailer
episode-kind-bonus = Bonus
episode-chapters-help = Je Zeile eines: Zeit und Titel. Fügen Sie eine Liste so ein, wie sie unter Videos steht.
episode-chapters-example =
    00:00 Leinen los
    03:04 Die erste Überfahrt
    1:02:33 Eis
episode-soundbites-help = Stellen zum Zitieren, je Zeile eine: Beginn | Dauer | Titel. 15 bis 120 Sekunden sind gut. Ein \ vor | lässt es Text sein.
episode-soundbites-example = 10:22 | 45 | Was der Koch gesehen hat
episode-persons-help = Je Zeile eine Person: Name | Rolle | Link | Adresse eines Bildes. Ersetzt die Liste der Sendung, wenn ausgefüllt. Ein \ vor | lässt es Text sein.
episode-slug-help = Der letzte Teil der Seitenadresse. Alte Adressen führen zur neuen weiter.
episode-explicit-inherit = Wie bei der Sendung
episode-explicit-yes = Ja
episode-explicit-no = Nein
episode-license-help = Nur wenn sie von der der Sendung abweicht: Name | Adresse des Textes. Ein \ vor | lässt es Text sein.
episode-txt-help = Je Zeile einer: Zweck | Text. Ein \ vor | lässt es Text sein.
