# Die Player-Leiste, ihre Menüs und Tasten, und was Skripte beim Abspielen anzeigen.

bar = Läuft gerade
bar-more = Weitere Bedienelemente
bar-speed = Tempo
bar-sleep = Einschlaftimer
bar-sleep-head = Wiedergabe beenden
bar-sleep-never = Nie
bar-sleep-minutes = in { $n } Min.
bar-sleep-hour = in 1 Stunde
bar-sleep-end = am Ende
bar-close = Player schließen

keys = Tasten
key-play = Abspielen oder anhalten
key-back = 15 Sekunden zurück
key-forward = 30 Sekunden vor
key-volume = Lauter, leiser
key-mute = Stumm
key-speed = Langsamer, schneller
key-tenths = Zu einem Zehntel der Folge springen
key-list = Diese Liste
key-space = Leertaste
key-to = bis

## Von Skripten angezeigt

script-left = noch { $length }
script-pause = { $title } anhalten
script-position = { $at } von { $length }
script-found = { $at } von { $count }
script-copied = Kopiert
script-not-copied = Kopieren ist hier nicht erlaubt; markieren Sie den Text und kopieren Sie ihn selbst.
script-cannot-play = Das lässt sich gerade nicht abspielen. Prüfen Sie die Verbindung und versuchen Sie es noch einmal.
script-end = Ende
script-slept = Der Einschlaftimer hat den Player angehalten.
script-show = Anzeigen
script-hours = { $h } Std.
script-hours-minutes = { $h } Std. { $min } Min.
script-minutes = { $min } Min.
script-bar-player = Audioplayer
script-bar-play = Abspielen
script-bar-pause = Anhalten
script-bar-back = 15 Sekunden zurück
script-bar-forward = 30 Sekunden vor
script-bar-seek = Stelle
script-bar-mute = Stummschalten
script-bar-unmute = Ton einschalten
script-bar-volume = Lautstärke
script-bar-time = Gespielte Zeit
