# Räume: die Seite zum Zuhören und das Studio.

## Wo ein Raum steht

room-on-air = Auf Sendung
room-over = Dieser Raum ist zu Ende
room-over-help = Aus der Aufnahme entsteht eine Folge; sie erscheint auf der Seite der Sendung.
room-listen-again = Zur Folge: <a href="{ $path }" dir="auto">{ $title }</a>
room-soon = Noch nicht auf Sendung
room-doors = Die Türen sind offen; gleich geht es auf Sendung.
room-no-time = Es steht noch keine Zeit fest. Diese Seite beginnt von selbst, sobald der Raum auf Sendung geht.
room-to-show = Zur Sendung
room-to-studio = Ins Studio

## Zuhören

room-stage = Auf der Bühne
room-stage-empty = Noch ist niemand auf der Bühne.
room-captions = Untertitel
room-play = Zuhören
room-back = 15 Sekunden zurück
room-to-live = Zum Live-Ton
room-plain-player = Live-Ton

## Mitmachen

room-react = Reaktionen
room-clap = Applaus
room-heart = Herz
room-laugh = Lachen
room-wow = Staunen
room-sad = Trauer
room-agree = Zustimmung
room-raise = Hand heben
room-lower = Hand senken
room-step-down = Bühne verlassen
room-mute = Stumm
room-chat = Chat
room-chat-off = Der Chat dieses Raums ist geschlossen.
room-chat-sign-in = Zum Schreiben bitte <a href="{ $path }">anmelden</a>.
room-chat-empty = Noch hat niemand geschrieben.
room-chat-text = Ihre Nachricht
room-send = Senden
room-newer = Neue Nachrichten
room-pinned = Angeheftet
room-name = Ihr Name
room-name-heading = Wie dürfen wir Sie nennen?
room-name-help = Alle im Raum sehen diesen Namen.
room-name-go = Diesen Namen verwenden
room-ask-heading = Um das Wort bitten
room-ask-text = Wenn Sie auf die Bühne geholt werden, öffnet sich Ihr Mikrofon, und alle hören Sie.
room-ask-recorded = Was Sie sagen, wird aufgenommen und mit der Folge veröffentlicht. Ich stimme der Aufnahme zu.
room-ask-go = Mikrofon öffnen und Hand heben
room-ask-not = Nicht jetzt

## Das Studio

studio-check = Bevor Sie hineingehen
studio-check-text = Ein Blick auf Mikrofon und Leitung. Noch hört Sie niemand.
studio-consent = Ich stimme der Aufnahme zu
studio-consent-help = Jede Stimme wird von dem Moment an aufgenommen, in dem sie auf der Bühne ist, getrennt aufbewahrt und mit der Folge veröffentlicht. Sie können jederzeit gehen.
studio-open-mic = Mikrofon öffnen
studio-without-mic = Ohne Mikrofon hineingehen
studio-mic = Mikrofon
studio-level = Pegel Ihres Mikrofons
studio-level-help = Sprechen Sie wie später auf Sendung: Der Balken soll die Mitte erreichen und selten ins Rote.
studio-processing = Rauschen und Echo mindern
studio-processing-help = Mit Lautsprechern eingeschaltet lassen; mit Kopfhörern und gutem Mikrofon ausschalten.
studio-line = Ihre Leitung
studio-line-mic = Mikrofon
studio-line-house = Dieser Server
studio-line-stage = Ton zur Bühne
studio-enter = Den Raum betreten
studio-muted-first = Stumm hineingehen
studio-stage = Bühne
studio-hands = Gehobene Hände
studio-no-hands = Keine Hand ist oben.
studio-guests = Gäste
studio-invite-role = Sie kommen als
studio-invite-go = Link erstellen
studio-invite-link = Schicken Sie diesen Link einer Person. Er gilt einmal.
studio-copy = Kopieren
studio-lock = Tür abschließen
studio-lock-help = Solange sie abgeschlossen ist, kommt nur die Moderation herein.
studio-slow = Wartezeit zwischen zwei Nachrichten
studio-slow-none = Keine
studio-slow-seconds = { $n } Sekunden
studio-markers = Marken
studio-no-markers = Drücken Sie M in einem Moment, den man wiederfinden soll. Daraus wird ein Kapitel.
studio-marker-title = Name der nächsten Marke
studio-marker = Marke setzen
studio-go-live = Auf Sendung gehen
studio-go-live-heading = Auf Sendung gehen?
studio-go-live-text = Von jetzt an hören alle die Bühne, und die Aufnahme läuft.
studio-end = Beenden
studio-end-heading = Diesen Raum beenden?
studio-end-text = Alle werden getrennt, endgültig. Aus der Aufnahme wird eine Folge.
studio-end-go = Raum beenden
studio-stay = Bleiben
studio-leave = Verlassen
studio-elapsed = Auf Sendung seit
studio-listeners = Zuhörende
studio-recording = Aufnahme
studio-tools = Werkzeuge
studio-no-script = Das Studio braucht einen Browser, der Skripte ausführt.

## Was die Skripte der Räume sagen

roomsay-offline = Es besteht keine Verbindung. Prüfen Sie Ihr Netz; diese Seite versucht es weiter.
roomsay-away = Die Bühne ist einen Moment weg. In wenigen Sekunden sind Sie von selbst wieder da.
roomsay-slow = Die Bühne antwortet nicht. Versuchen Sie es noch einmal.
roomsay-play = Zuhören
roomsay-pause = Pause
roomsay-connecting = Verbinde …
roomsay-speaking = Es spricht: { $names }
roomsay-quiet = Im Moment spricht niemand
roomsay-behind = { $time } hinter live
roomsay-live = Live
roomsay-listeners = { $n } hören zu
roomsay-sound-lost = Der Ton ist unterbrochen; er kommt von selbst wieder.
roomsay-hand-up = Ihre Hand ist oben; Sie sind Nummer { $n } in der Reihe.
roomsay-hand-waiting = Ihre Hand ist oben und wird gesehen.
roomsay-hand-declined = Ihre Hand wurde vorerst gesenkt.
roomsay-on-stage = Sie sind auf der Bühne. Alle hören Sie.
roomsay-on-stage-muted = Sie sind auf der Bühne. Ihr Mikrofon ist zu.
roomsay-off-stage = Sie hören wieder zu.
roomsay-removed = Die Moderation hat Sie aus diesem Raum genommen.
roomsay-replaced = Sie sind in einem anderen Fenster hereingekommen; dieses hier ist geschlossen.
roomsay-ended = Dieser Raum ist zu Ende.
roomsay-left = Sie haben den Raum verlassen.
roomsay-locked = Der Raum ist abgeschlossen.
roomsay-in = noch { $time }
roomsay-any-moment = Es geht gleich los.
roomsay-mic-denied = Der Browser lässt diese Seite nicht ans Mikrofon. Erlauben Sie es in den Einstellungen der Seite (neben der Adresse) und versuchen Sie es noch einmal.
roomsay-mic-missing = Kein Mikrofon gefunden. Schließen Sie eines an und versuchen Sie es noch einmal.
roomsay-mic-busy = Ein anderes Programm hält das Mikrofon fest. Schließen Sie es dort und versuchen Sie es noch einmal.
roomsay-mic-gone = Das Mikrofon wurde abgezogen. Wählen Sie ein anderes.
roomsay-mic-silent = Von diesem Mikrofon ist nichts zu hören. Ist es stumm, oder ist ein anderes gemeint?
roomsay-ok = geht
roomsay-blocked = gesperrt
roomsay-trying = wird versucht
roomsay-stage-blocked = Der Server antwortet, aber der Ton kommt nicht zur Bühne: Dieses Netz lässt kein UDP hinaus. Versuchen Sie ein anderes Netz oder den Hotspot eines Telefons.
roomsay-house-blocked = Der Server antwortet nicht. Prüfen Sie Ihr Netz.
roomsay-mute = Stumm
roomsay-unmute = Mikrofon öffnen
roomsay-held = Die Moderation hat Ihr Mikrofon geschlossen.
roomsay-mute-them = Mikrofon schließen
roomsay-unmute-them = Mikrofon wieder erlauben
roomsay-to-speaker = Ans Mikrofon setzen
roomsay-to-producer = In die Regie setzen
roomsay-to-co-host = Mitleiten lassen
roomsay-to-listener = Ins Publikum setzen
roomsay-hand-over = Leitung übergeben
roomsay-remove = Herausnehmen
roomsay-ban = Sperren
roomsay-accept = Auf die Bühne holen
roomsay-decline = Nicht jetzt
roomsay-delete = Nachricht löschen
roomsay-pin = Nachricht anheften
roomsay-unpin = Lösen
roomsay-you = Sie
roomsay-host = Leitung
roomsay-co-host = Mitleitung
roomsay-producer = Regie
roomsay-speaker = Am Mikrofon
roomsay-listener = Publikum
roomsay-muted = stumm
roomsay-not-here = verbindet neu
roomsay-menu = Aktionen für { $name }
roomsay-safe = gesichert bis { $time }
roomsay-not-recording = keine Aufnahme
roomsay-disk-fails = Die Festplatte des Servers nimmt gerade nichts an. Was gesagt wird, bleibt eine Weile in seinem Speicher; sagen Sie jetzt Bescheid, wer sich um den Server kümmert.
roomsay-marker = Marke bei { $time }
roomsay-marked = Marke gesetzt
roomsay-scheduled = Nicht offen
roomsay-green-room = Vorraum
roomsay-silenced = Ihr Browser hält den Ton zurück. Tippen Sie irgendwohin, um die Bühne zu hören.
