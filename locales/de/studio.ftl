# Das Studio: Seiten für alle, die Sendungen machen und das Haus betreiben.

## Die Leiste

rail-menu = Menü
rail-dashboard = Übersicht
rail-shows = Sendungen
rail-uploads = Uploads
rail-jobs = Aufträge
rail-people = Personen
rail-audit = Protokoll
rail-account = Konto

## Übersicht

dash = Übersicht
dash-hello = Hallo, { $name }
dash-upload = Aufnahme hochladen
dash-set-up = Das Haus einrichten
dash-done = { $done } von { $all }
dash-steps-done = Erledigte Schritte
dash-step-done = (erledigt)
dash-failing = Braucht Sie
dash-running = In Arbeit
dash-scheduled = Demnächst
dash-scheduled-list = Geplante Folgen
dash-drafts = Entwürfe
dash-no-drafts = Keine Entwürfe. Jede hochgeladene Aufnahme wird einer.
dash-published = Eben veröffentlicht
dash-published-list = Veröffentlichte Folgen
step-show = Sendung anlegen
step-show-why = Sie enthält Ihre Folgen und hat einen eigenen Feed.
step-fill-in = Ausfüllen, was Verzeichnisse verlangen
step-fill-in-why = Cover, Beschreibung, Kategorie: Ohne sie lehnen Apps den Feed ab.
step-upload = Aufnahme hochladen
step-upload-why = Jede Tondatei; Pegeln und Kodieren geschieht hier.
step-publish = Veröffentlichen
step-publish-why = Die Folge erscheint sofort auf den Seiten und im Feed.

## Listen

list-episode = Folge
list-state = Status
list-when = Zeitpunkt
list-page = Seite
list-untitled = Ohne Titel
list-to-do = { $count } offen
list-changed = geändert am { $when }
list-settings = Einstellungen
list-all = Alle
state-draft = Entwurf
state-scheduled = Geplant
state-published = Veröffentlicht
state-unpublished = Zurückgezogen
state-drafts = Entwürfe
job-waiting = Wartet
job-again = Neuer Versuch folgt
job-running = Läuft
job-done = Fertig
job-failed = Fehlgeschlagen
job-cancelled = Abgebrochen

## Arbeit

jobs = Aufträge
jobs-none = Hier ist nichts
jobs-none-help = Wenn eine Aufnahme eintrifft, misst, pegelt und kodiert das Haus sie. Diese Arbeit erscheint hier mit ihrem Fortschritt; Sie können sie anhalten oder wiederholen.
job-retry = Noch einmal
job-progress = Fortschritt: { $what }
job-try = Versuch { $n } von { $max }
job-begun = begonnen am { $when }
job-transcode = „{ $title }“ kodieren
job-retag = Tags von „{ $title }“ schreiben
job-recording = Die Aufnahme von „{ $title }“ ablegen
erase = Jemanden oder einen Teil löschen
erase-help = Entfernt es aus dem Journal des Raums und aus allem, was daraus entstand: den Aufnahmen, der Wiederholung, den Dateien der einzelnen Stimmen, dem Chat. Alles entsteht neu unter neuen Adressen, und was war, wird sofort entfernt. Es wird im Protokoll vermerkt und lässt sich nicht rückgängig machen. Ein Transkript geht als Ganzes, denn es erzählt, was gesagt wurde; Notizen und Kapitel bleiben, wie sie sind.
erase-who = Wer
erase-who-help = Alles, was diese Person sagte und schrieb; mit Zeiten nur, was dazwischen liegt.
erase-everybody = Alle, zwischen zwei Zeiten
erase-from = Von
erase-from-help = Wie in 1:02:03; leer heißt von Anfang an.
erase-to = Bis
erase-to-help = Leer heißt bis zum Ende.
erase-now = Endgültig löschen
job-stems = Die Stimmen von „{ $title }“ trennen
job-backfill = „{ $title }“ um das ergänzen, was Geräte von Sprechenden aufbewahrten
job-erase = Aus „{ $title }“ löschen
job-sweep = Nicht mehr benötigte Dateien entfernen
job-index = Suchindex aufbauen
job-portrait = Das Bild einer mitwirkenden Person holen
job-step = { $step ->
    [reading] Einlesen
    [measuring] Messen
    [encoding] Kodieren
    [writing-files] Dateien schreiben
    [writing-tags] Tags schreiben
    [transcode] Kodieren
    [retag] Tags schreiben
    [erasing] Löschen
    [cutting] Schneiden
    [mixing] Mischen
    [trim] Schneiden
    [remaster] Mischen
    [separating-the-speakers] Stimmen trennen
    [sweep] Aufräumen
   *[other] { $text }
}

## Sendungen

shows = Sendungen
shows-new = Neue Sendung
shows-none = Noch keine Sendung
shows-none-help = Eine Sendung ist ein Podcast oder eine Reihe: ein Titel, ein Cover, ein Feed. Legen Sie eine an und laden Sie Aufnahmen hoch; jede wird eine Folge.
shows-find = Sendung suchen
shows-no-match = Keine Sendung passt zu „{ $query }“.
shows-published = { $count } veröffentlicht
shows-drafts = { $count } in Vorbereitung
shows-settings-of = von { $title }
new-show = Neue Sendung
new-show-help = Drei Angaben für den Anfang. Cover, Beschreibung und Kategorien folgen; nichts ist öffentlich, bevor Sie eine Folge veröffentlichen.
new-show-make = Sendung anlegen

## Eine Sendung

edit-episodes = Folgen
edit-page = Seite
edit-what = Was es ist
edit-found = Wo man sie findet
edit-found-help = Eine bis drei Kategorien; die erste zählt am meisten.
edit-rhythm = Rhythmus und Mitwirkende
edit-money = Rechte und Geld
edit-feed = Feed
edit-save-show = Sendung speichern
edit-unsaved = Es gibt ungespeicherte Änderungen.
edit-show-closed = Sie können diese Sendung ansehen; ändern kann sie die Sendungsleitung.
edit-show-aside = Cover, Feed und Mitglieder
art = Cover
art-alt = Cover dieser Sendung
art-ready = Quadratisches JPEG, bereit für Verzeichnisse
art-new = Neues Bild
art-help = JPEG, PNG oder WebP, die kürzere Seite mindestens 1400 px; daraus wird ein quadratisches JPEG von höchstens 3000 px.
art-preview = Vorschau
art-size = { $width } × { $height } px
art-small = zu klein
art-square = Quadratisch
art-oblong = Nicht quadratisch: Bitte unten wählen
art-fit = Falls es nicht quadratisch ist
art-crop = Beschneiden
art-pad = Auffüllen
art-use = Dieses Bild verwenden
art-own = Das eigene Bild dieser Folge.
art-of-show = Das Bild der Sendung, bis die Folge ein eigenes hat.
art-remove = Wieder das Bild der Sendung verwenden
feed = Feed
feed-fine = Verzeichnisse werden diesen Feed annehmen.
feed-not-yet = Bevor Verzeichnisse ihn annehmen
feed-copy = Adresse des Feeds kopieren
feed-head = Der Kopf des Feeds
members = Mitglieder
members-none = Nur die Verwaltung arbeitet daran.
members-remove = { $name } aus dieser Sendung entfernen
members-email = Jemanden per E-Mail hinzufügen
members-may = Darf
members-may-viewer = Entwürfe und Zahlen sehen
members-may-editor = Folgen machen und veröffentlichen
members-may-manager = die Sendung und ihre Mitglieder ändern
members-add = Hinzufügen
membership-viewer = Einsicht
membership-editor = Redaktion
membership-manager = Sendungsleitung
delete-show = Diese Sendung löschen
delete-show-ask = „{ $title }“ löschen?
delete-show-help = { $episodes ->
    [one] Die Sendung, ihr Feed und { $episodes } Folge mit allen Aufnahmen gehen endgültig verloren.
   *[other] Die Sendung, ihr Feed und { $episodes } Folgen mit allen Aufnahmen gehen endgültig verloren.
} Apps, die ihr folgen, bekommen einen Fehler. Soll der Feed bestehen bleiben, kennzeichnen Sie die Sendung stattdessen als abgeschlossen.
delete-show-confirm = Zum Fortfahren den Titel eingeben
delete-for-good = Endgültig löschen

## Folgen einer Sendung

episodes-new = Neue Folge
episodes-none = Noch keine Folge
episodes-none-help = Legen Sie einen Entwurf an und laden Sie seine Aufnahme hoch, oder schicken Sie auf der Seite „Uploads“ mehrere Aufnahmen auf einmal. Sie sehen und hören alles, bevor es hinausgeht.
episodes-find = Folge suchen
episodes-no-match = Keine Folge passt.
episodes-list = Folgen
new-episode = Neue Folge
new-episode-help = Ein Arbeitstitel genügt; die Aufnahme kommt auf der nächsten Seite.
new-episode-make = Entwurf anlegen

## Eine Folge

sound = Aufnahme
sound-listen = Die Aufnahme
sound-replace = Aufnahme ersetzen
sound-choose = Aufnahme auswählen
sound-help = Jedes übliche Format, auch Video; das Haus macht daraus MP3, M4A und Opus in einheitlicher Lautheit. Sie können anhalten, und nach dem Neuladen geht es weiter.
sound-no-script = Zum Hochladen braucht diese Seite JavaScript. Ohne geht es mit jedem tus-Programm und einem API-Token.
edit-chapters = Kapitel und Zitate
person-no-picture = Von { $name } gibt es kein Bild; Buchstaben stehen dafür. Der Grund:
stems = Jede Stimme für sich
stems-help = So lang wie die Episode, im Takt mit ihr, still, wo jemand schwieg. Nur Leute der Sendung können sie abrufen.
stems-wav = Auch als WAV erzeugen
stems-flac = Auch als FLAC erzeugen
file-chapters = { $count ->
    [one] Die hochgeladene Datei enthält ein Kapitel.
   *[other] Die hochgeladene Datei enthält { $count } Kapitel.
}
file-chapters-use = Übernehmen
edit-people = Mitwirkende und Ort
edit-more = Mehr
edit-save = Speichern
edit-episode-aside = Veröffentlichung und Transkript
publish = Veröffentlichen
publish-published = Veröffentlicht
publish-scheduled = Geplant
publish-goes-out = Erscheint am { $when }
publish-first = Zuerst veröffentlicht am { $when }
publish-fine = Alles ist bereit.
publish-not-yet = Bevor sie erscheinen kann
publish-now = Jetzt veröffentlichen
publish-at = Oder zu einem Zeitpunkt <span data-zone>(UTC)</span>
publish-schedule = Planen
publish-change-time = Zeitpunkt ändern
publish-to-draft = Zurück zum Entwurf
take-back = Zurückziehen
take-back-ask = Folge zurückziehen?
take-back-help = Sie verschwindet sofort von den Seiten und aus dem Feed. Was Apps schon geladen haben, bleibt bei den Hörerinnen und Hörern. Sie können sie wieder veröffentlichen; ihr Datum bleibt erhalten.
transcript = Transkript
transcript-lines = { $count ->
    [one] { $count } Zeile.
   *[other] { $count } Zeilen.
}
transcript-none = Noch keines. Mit Transkript lässt sich suchen und lesen, was gesagt wurde.
transcript-replace = Ersetzen
transcript-upload = Transkript hochladen
transcript-help = WebVTT, SubRip oder Podcast-JSON; angeboten werden alle vier Formate.
transcript-use = Diese Datei verwenden
transcript-remove = Entfernen
transcript-remove-ask = Transkript entfernen?
transcript-remove-help = Es verschwindet von der Seite, aus dem Feed und aus der Suche. Die Aufnahme bleibt.
item = Im Feed
item-preview = Der Eintrag im Feed
item-not-recorded = Es gibt noch keine Aufnahme: Adresse, Länge und Dauer unten stehen für die, die kommen.
delete-episode = Diese Folge löschen
delete-episode-ask = Diese Folge löschen?
delete-episode-help = Die Aufnahme, alle Fassungen, Shownotes, Kapitel und Transkript gehen endgültig verloren. War die Folge veröffentlicht, behalten Apps, was sie geladen haben. Um sie nur eine Weile zu verbergen, ziehen Sie sie stattdessen zurück.
edit-preview = Vorschau

## Uploads

uploads = Uploads
uploads-no-show = Erst eine Sendung, dann Aufnahmen
uploads-no-show-help = Jede Aufnahme gehört zu einer Sendung. Legen Sie eine an und kommen Sie mit so vielen Dateien wieder, wie Sie möchten.
uploads-send = Aufnahmen hochladen
uploads-show = Sendung
uploads-choose = Dateien auswählen oder hier ablegen
uploads-help = Jede wird ein Entwurf. Bis zu { $largest } je Datei; { $room } sind frei. Sie können die Seite jederzeit schließen: Wählen Sie dieselbe Datei noch einmal, und es geht dort weiter, wo es aufgehört hat.
uploads-unfinished = Nicht abgeschlossen
uploads-discard = Verwerfen
uploads-received-of = Empfangen von { $name }
uploads-received = { $received } von { $total }
uploads-kept = aufbewahrt bis { $when }
uploads-jobs = Was das Haus damit macht
uploads-no-jobs = Im Moment ist nichts zu tun.
uploads-all-jobs = Alle Aufträge

## Personen

people = Personen
people-link = Link für { $email }
people-link-mailed = Er ist auch per E-Mail unterwegs.
people-link-help = Geben Sie ihn selbst weiter; er wird nur jetzt gezeigt und gilt einmal, bis { $when }.
people-link-copy = Link kopieren
people-invite = Jemanden einladen
people-invite-do = Einladungslink erstellen
people-role = Rolle
people-creator = Produktion: macht Sendungen
people-admin = Verwaltung: verwaltet Personen und alle Sendungen
people-find = Person suchen
people-no-match = Niemand passt zu „{ $query }“.
people-who = Wer
people-seen = Zuletzt hier
people-actions = Aktionen
people-actions-for = Aktionen für { $email }
people-you = Sie
people-disabled = gesperrt
people-invited = eingeladen
people-role-of = Rolle von { $email }
people-change = Ändern
people-never = noch nie
people-make-invitation = Neuen Einladungslink erstellen
people-make-password = Passwort-Link erstellen
people-enable = Anmeldung freigeben
people-disable = Anmeldung sperren und überall abmelden
role-owner = Leitung
role-admin = Verwaltung
role-creator = Produktion

## Das eigene Konto

account = Konto
account-you = Sie
account-signed-in-as = Sie melden sich an als <strong>{ $email }</strong>.
account-name = Name
account-save-name = Namen speichern
account-password = Passwort
account-password-now = Bisheriges Passwort
account-password-new = Neues Passwort
account-password-help = Mindestens 10 Zeichen. Alle anderen Browser werden abgemeldet.
account-password-change = Passwort ändern
account-sessions = Angemeldet
account-end-others = Überall sonst abmelden
account-here = dieser hier
account-session = seit { $created }, zuletzt gesehen am { $seen }
account-sign-out = Abmelden
account-browser-on = { $browser } unter { $system }
account-browser-unnamed = Ein Browser ohne Namen
account-tokens = API-Token
account-tokens-help = Für Programme, die in Ihrem Namen handeln, höchstens mit Ihren Rechten. Die Schnittstelle ist unter <a href="/api/openapi.json">/api/openapi.json</a> beschrieben.
account-token-fresh = <strong>Kopieren Sie es jetzt;</strong> es wird nicht noch einmal gezeigt.
account-token-copy = Token kopieren
account-token-made = erstellt am { $when }
account-token-used = zuletzt benutzt am { $when }
account-token-unused = nie benutzt
account-token-until = gültig bis { $when }
account-token-revoke = Widerrufen
account-token-what = Wofür ist es?
account-token-example = Upload-Skript auf dem Studiorechner
account-token-may = Es darf
account-token-read = lesen
account-token-write = Sendungen, Folgen und Uploads anlegen und ändern
account-token-admin = Personen und die Website verwalten
account-token-days = Gültig
account-token-90 = 90 Tage
account-token-365 = ein Jahr
account-token-ever = bis zum Widerruf
account-token-do = Token erstellen
scope-read = lesen
scope-write = schreiben
scope-admin = verwalten

## Was eben geschehen ist

said-saved = Gespeichert.
said-room-ended = Der Raum ist beendet. Die Folge kommt gleich.
said-line-removed = Die Zeile ist weg, hier und neben der Folge.
said-made = Angelegt. Füllen Sie den Rest aus, wann Sie möchten; noch ist nichts öffentlich.
said-published = Veröffentlicht. Die Folge steht jetzt auf den Seiten und im Feed.
said-scheduled = Geplant. Die Folge erscheint zu ihrer Zeit von selbst.
said-unpublished = Zurückgezogen. Kennung (guid) und Daten bleiben erhalten.
said-deleted = Gelöscht.
said-artwork = Das neue Cover ist da; die Dateien werden aktualisiert.
said-unpictured = Wieder gilt das Bild der Sendung; die Dateien werden angepasst.
said-chapters = Die Kapitel der Datei sind übernommen.
said-erasing = Das Löschen hat begonnen. Die Seite zeigt, wenn es fertig ist; bis dahin ist alles, wie es war.
said-stems = Die Dateien entstehen gerade; sie erscheinen unter „Jede Stimme für sich“.
said-transcript = Das Transkript ist da und lässt sich durchsuchen.
said-untranscribed = Das Transkript ist entfernt.
said-member = Die Rechte in dieser Sendung sind gesetzt.
said-unmembered = Die Person arbeitet nicht mehr an dieser Sendung.
said-cancelled = Der Auftrag ist angehalten.
said-again = Es folgt ein neuer Versuch.
said-discarded = Der unfertige Upload ist verworfen.
said-password = Das Passwort ist geändert. Alle anderen Browser sind abgemeldet.
said-session-ended = Dort abgemeldet.
said-revoked = Das Token gilt nicht mehr.
said-role = Die Rolle ist geändert.
said-disabled = Die Anmeldung ist gesperrt, alle Sitzungen sind beendet.
said-enabled = Die Anmeldung ist freigegeben.

## Von Skripten angezeigt

script-uploading = { $sent } von { $total }, { $rate }/s, noch { $left }
script-paused = Angehalten bei { $sent } von { $total }
script-resumable = Wählen Sie dieselbe Datei noch einmal, dann geht es bei { $at } weiter.
script-uploaded = Empfangen. Die Verarbeitung beginnt.
script-upload-failed = Der Upload ist stehen geblieben: { $why }
script-retrying = Verbindung verloren; neuer Versuch.
script-waiting = Wartet
script-pause-upload = Anhalten
script-resume-upload = Weiter
script-cancel-upload = Abbrechen
script-no-line = Die Verbindung ist abgerissen. Prüfen Sie sie und machen Sie dann weiter.

## The recording of an episode

recording = Aufnahme
recording-edit = Aufnahme schneiden oder neu mischen
trim = Anfang und Ende
trim-help = Schneidet ab, was vor dem Beginn und nach dem Ende der Sendung gesagt wird. Die Aufnahme bleibt ganz, also lässt sich das jederzeit ändern oder zurücknehmen; Kapitel, Transkript, Wellenform und Chat rücken mit. Die Dateien bekommen neue Adressen, und Podcast-Apps holen sie neu.
trim-listen = Die ganze Aufnahme
trim-from = Beginnen bei
trim-from-help = Wie in 0:12.5; leer heißt am Anfang.
trim-to = Enden bei
trim-to-help = Auf der Uhr der ganzen Aufnahme; leer heißt am Ende.
trim-here-from = Beginnen, wo der Spieler steht
trim-here-to = Enden, wo der Spieler steht
trim-now = Schneiden
trim-whole = Wieder die ganze Aufnahme anbieten
trim-none = Es gibt noch keine Aufnahme.
remaster = Mischung der Stimmen
remaster-help = Mischt den Raum noch einmal aus dem, was jede Stimme gesendet hat, und bringt ihn auf −16 LUFS. Das dauert einen Teil der Länge der Sendung; bis dahin bleibt die jetzige Aufnahme. Länge, Kapitel und Transkript bleiben, wie sie sind.
remaster-is-live = Angeboten wird die Mischung, die während der Sendung entstand.
remaster-is = Angeboten wird eine neue Mischung; die der Sendung ist aufgehoben.
remaster-leveller = Alle Stimmen gleich laut machen
remaster-leveller-help = Langsam, und nur während sie sprechen.
remaster-crossgate = Mikrofone schließen, in die niemand spricht
remaster-crossgate-help = Während andere sprechen; nimmt deren Echo aus offenen Mikrofonen.
remaster-denoise = Rauschen aus den Räumen nehmen
remaster-denoise-help = Lüfter, Brummen und Rauschen; Musik, die in ein Mikrofon gespielt oder gesungen wird, kann leiden.
remaster-now = Neu mischen
remaster-back = Zurück zur Mischung der Sendung
job-trim = „{ $title }“ schneiden
job-remaster = „{ $title }“ neu mischen
said-trimming = Die Dateien werden geschnitten; bis sie fertig sind, bleibt alles, wie es war.
said-remastering = Die neue Mischung entsteht; bis sie fertig ist, bleibt die jetzige Aufnahme.
said-live-mix = Die Mischung der Sendung ist gleich wieder da.
