# Der Rahmen aller Seiten und die Wörter, die alle Bereiche teilen.

## Die Sprache selbst

language-name = Deutsch
decimal-mark = ,

## Der Rahmen

skip = Zum Inhalt springen
nav-site = Website
nav-languages = Sprache
nav-studio = Studio
nav-of = von { $name }
nav-sign-in = Anmelden
nav-sign-out = Abmelden
nav-search = Suche
nav-front = Startseite
search-field = Folgen und Transkripte durchsuchen
search-field-short = Gesagtes suchen
foot = Gemacht mit Rostrum, dem kleinen eigenen Funkhaus.
foot-keys = Tasten
close = Schließen
cancel = Abbrechen
keep-it = Behalten
copy = Kopieren
needed = (Pflichtfeld)
preview = Vorschau
pages = Seiten
pages-at = Seite { $page } von { $pages }
pages-newer = Neuere
pages-older = Ältere
not-saved = <strong>Noch nicht gespeichert.</strong> Bitte sehen Sie sich das an:

## Zeitpunkte und Maße

month = { $n ->
    [1] Januar
    [2] Februar
    [3] März
    [4] April
    [5] Mai
    [6] Juni
    [7] Juli
    [8] August
    [9] September
    [10] Oktober
    [11] November
   *[12] Dezember
}
date-day = { $day }. { $month } { $year }
date-moment = { $date }, { $time } Uhr UTC
length-hours = { $h } Std.
length-hours-minutes = { $h } Std. { $min } Min.
length-minutes = { $min } Min.
length-seconds = { $s } Sek.
size = { $n } { $unit }

## Angaben zu einer Folge

badge-trailer = Trailer
badge-bonus = Bonus
badge-complete = Abgeschlossen
badge-explicit = E
badge-explicit-long = Explizite Sprache oder Themen
numbering-both = S{ $season } · F{ $number }
numbering-number = F{ $number }
numbering-season = Staffel { $season }
play-title = { $title } abspielen
open-page-of = Seite von { $title } öffnen
person-role = { $role ->
    [host] Moderation
    [co-host] Co-Moderation
    [guest] Gast
    [producer] Produktion
    [editor] Redaktion
    [reporter] Reportage
    [author] Text
    [narrator] Sprecherstimme
    [sound-designer] Sounddesign
    [composer] Komposition
   *[other] { $text }
}

## Fehler mit eigener Seite

error-number = Nummer: <code>{ $id }</code>
error-missing = Unter dieser Adresse gibt es nichts
error-missing-text = Vielleicht ist die Seite umgezogen, oder die Folge wurde zurückgezogen. Suchen Sie danach oder beginnen Sie auf der Startseite.
error-denied = Hier haben Sie keinen Zutritt
error-denied-text = Diese Seite gehört Personen mit einer anderen Rolle. Falls Sie Zugang haben sollten, wenden Sie sich an die Verwaltung dieser Website.
error-internal = Hier ist etwas schiefgegangen
error-internal-text = Der Fehler liegt bei uns, nicht bei Ihnen, und er ist vermerkt. Bitte versuchen Sie es in einer Minute noch einmal. Falls es wieder passiert, schicken Sie die Nummer unten an die Betreiber dieser Website.
error-unavailable = Gleich wieder da
error-unavailable-text = Die Website startet gerade oder ist stark ausgelastet. Was auf Sendung ist, läuft weiter. Bitte laden Sie die Seite in ein paar Sekunden neu.
error-other = Das hat nicht geklappt
