# Live-Räume im Studio: die Liste, die Einstellungen, die Einladungen.

live = Live
live-new = Raum planen
live-make = Planen
live-none = Noch keine Live-Räume
live-none-help = Planen Sie einen Raum, laden Sie ein, wer spricht, gehen Sie auf Sendung. Am Ende ist die Folge da.
live-scheduled = Geplant
live-green-room = Vorraum
live-on-air = Auf Sendung
live-ended = Vorbei
live-peak = { $count ->
    [one] höchstens { $count } Person im Publikum
   *[other] höchstens { $count } im Publikum
}
live-description-help = Markdown. Zunächst auch die Shownotes der Folge.
live-starts = Geht auf Sendung um <span data-zone>(UTC)</span>
live-starts-help = Lassen Sie das Feld leer, um zu beginnen, wann Sie möchten.
live-public = Öffentlich: auf der Startseite, im Feed, im Kalender
live-unlisted = Nicht gelistet: wer die Adresse kennt
live-private = Privat: wer eingeladen ist
live-publish = Folge sofort veröffentlichen
live-draft = Folge als Entwurf behalten
live-chat-everyone = Alle, auch Gäste mit Namen
live-chat-signed-in = Angemeldete
live-chat-stage = Nur wer auf der Bühne ist
live-chat-off = Niemand
live-delay-help = 5 bis 30 Sekunden; 0 für keine. Was zurückgehalten wird, lässt sich herausschneiden, bevor es jemand hört.
live-open = Studio öffnen
live-studio = Ins Studio
live-episode = Folge öffnen
live-coming = Die Folge ist gleich hier, falls etwas auf Sendung war.
live-invites = Einladungen
live-invite-fresh = Dieser Link wird nur jetzt gezeigt. Kopieren Sie ihn und schicken Sie ihn weiter.
live-invite-copy = Einladung kopieren
live-invite-anybody = Wer den Link hat
live-invite-once = Für eine Person
live-invite-many = Für viele
live-invite-uses = { $count ->
    [one] einmal benutzt
   *[other] { $count }-mal benutzt
}
live-invite-until = bis
live-invite-over = Vorbei
live-invite-revoke = Zurückziehen
live-invite-make = Einladung erstellen
live-invite-label-help = Für Ihre eigene Liste, etwa ein Name.
live-day = Ein Tag
live-week = Eine Woche
live-month = Dreißig Tage
live-end = Raum beenden
live-end-help = Alle gehen, und die Aufnahme wird eine Folge.
live-end-sure = Diesen Raum endgültig beenden?
live-delete = Raum löschen
live-delete-help = Chat und Einladungen gehen mit; eine Folge daraus bleibt.
live-delete-sure = Diesen Raum löschen?
live-save = Speichern
live-here = Live
live-calendar = Kalender
live-line-remove = Die Zeile von { $name } löschen
live-lines-older = Ältere Zeilen
