# Sätze, die das Programm auf Englisch schreibt, weil die API Englisch spricht; Seiten sagen sie in der Sprache der
# Leserin oder des Lesers. Der englische Text in en/told.ftl ist genau der Text im Programm. Auch `$rest` wird übersetzt.

## Angaben jeder Art

told-empty = Bitte füllen Sie das aus.
told-long = { $length } Zeichen sind zu viele; erlaubt sind { $max }.
told-control = Hier stehen Steuerzeichen; bitte geben Sie es noch einmal als reinen Text ein.
told-web-address = „{ $value }“ ist keine Web-Adresse; sie sollte mit https:// beginnen.
told-number = „{ $value }“ ist keine ganze Zahl.
told-none-of = „{ $value }“ gehört nicht zu: { $choices }.
told-one-of = Eines von: { $choices }.
told-slug = „{ $value }“ kann nicht Teil einer Adresse sein; erlaubt sind a–z, 0–9 und einzelne Bindestriche, höchstens 80 Zeichen.
told-email = Das ist keine E-Mail-Adresse wie ada@example.org.
told-password-short = Bitte verwenden Sie mindestens { $min } Zeichen.
told-password-long = Bitte verwenden Sie höchstens { $max } Zeichen.
told-file-first = Wählen Sie zuerst eine Datei.
told-form-broken = Das Formular war nicht lesbar. Bitte senden Sie es noch einmal.
told-file-large = Das ist größer als { $max } MB; mehr nimmt diese Stelle nicht an.
told-values = { $count } Angaben stimmen noch nicht.
told-request = Diese Anfrage war nicht zu verstehen.
told-internal = Bei uns ist etwas schiefgegangen. Es ist vermerkt.
told-missing = Hier gibt es das nicht, oder es ist nicht für Sie bestimmt: { $rest }.
told-missing-show = Sendung
told-missing-episode = Folge
told-missing-file = Datei
told-missing-upload = Upload
told-missing-account = Konto
told-missing-member = Mitglied
told-missing-job = Auftrag
told-missing-token = Token
told-missing-session = Sitzung
told-missing-link = Link (schon benutzt oder zu alt)
told-missing-room = Raum

## Sendungen und Folgen

told-bytes = { $bytes } Bytes sind zu viele; Verzeichnisse nehmen 4000.
told-description = Sagen Sie, worum es in der Sendung geht.
told-author = Sagen Sie, wer die Sendung macht.
told-categories = Wählen Sie eine bis drei Kategorien.
told-categories-list = Wählen Sie Kategorien aus der Liste.
told-categories-many = Wählen Sie höchstens drei Kategorien.
told-language = Verwenden Sie ein Sprachkürzel wie en, de oder pt-BR.
told-apple-code = Ein Code hat höchstens 50 Buchstaben, Ziffern und einfache Zeichen.
told-colour = Eine Farbe sieht aus wie #1f6f6b.
told-rule = Eine Regel sieht aus wie FREQ=WEEKLY;BYDAY=FR.
told-links = Höchstens 10 Links sind erlaubt.
told-feeds = Höchstens 50 Feeds sind erlaubt.
told-feed-guid = Ein Feed wird mit seiner podcast:guid benannt, einer UUID.
told-people = Höchstens 50 Personen können genannt werden.
told-texts = Höchstens 20 freie Texte sind erlaubt.
told-position = Eine Position sieht aus wie geo:48.2,16.37.
told-osm = Ein OpenStreetMap-Objekt sieht aus wie R113314.
told-seasons = Staffeln zählen von 1 bis 9999.
told-numbers = Folgen zählen von 1 bis 99999.
told-chapters = Höchstens 500 Kapitel sind erlaubt.
told-chapters-order = Jedes Kapitel muss später beginnen als das davor.
told-chapters-file = Das ist keine Kapiteldatei: { $why }
told-chapters-none = Die hochgeladene Datei enthält keine Kapitel.
told-chapters-begin = Ein Kapitel kann nicht vor 0:00 beginnen.
told-chapter-no-time = Zeile { $line } („{ $text }“) hat keine Zeit; schreiben Sie sie wie 12:34 Titel
told-chapter-no-title = Zeile { $line } hat eine Zeit, aber keinen Titel; schreiben Sie sie wie 12:34 Titel
told-chapter-order = Zeile { $line } beginnt bei { $time } und damit nicht später als das Kapitel davor; ordnen Sie die Zeilen
told-chapters-many = Es sind mehr als 500 Kapitel; lassen Sie einige weg
told-soundbites = Höchstens 50 Soundbites sind erlaubt.
told-soundbite = Ein Soundbite beginnt frühestens bei 0:00 und dauert 1 s bis 10 min.
told-soundbite-line = „{ $line }“ ist keine Zeile wie 1:20 | 0:45 | Titel.
told-slug-show = Eine andere Sendung hat diese Adresse; wählen Sie eine andere.
told-slug-episode = Eine andere Folge hat diese Adresse; wählen Sie eine andere.
told-titles-shows = Zu viele Sendungen haben diesen Titel; wählen Sie einen anderen.
told-titles-episodes = Zu viele Folgen dieser Sendung haben diesen Titel; wählen Sie einen anderen.
told-confirm = Der Titel stimmt nicht überein; es wurde nichts gelöscht.
told-at = Wählen Sie Tag und Uhrzeit.

## Was eine Folge noch vom Erscheinen abhält

told-needs-artwork = Die Sendung braucht ein Cover: ein Quadrat von mindestens 1400 px.
told-in-settings = In den Einstellungen der Sendung: { $rest }
told-needs-sound = Laden Sie eine Aufnahme hoch und warten Sie, bis sie verarbeitet ist.
told-needs-number = In einer fortlaufenden Sendung brauchen Folgen eine Nummer.
told-chapter-after-end = Ein Kapitel beginnt nach dem Ende der Aufnahme.
told-soundbite-after-end = Ein Soundbite reicht über das Ende der Aufnahme hinaus.
told-published = Diese Folge ist schon veröffentlicht.
told-not-published = Diese Folge ist nicht veröffentlicht.
told-past = Dieser Zeitpunkt ist vorbei; veröffentlichen Sie jetzt oder wählen Sie einen späteren.
told-changed = Inzwischen hat jemand anderes das geändert; laden Sie es neu.
told-taken = Das ist schon vergeben.
told-gone = Etwas, worauf sich das bezieht, gibt es nicht mehr.
told-job-ended = Dieser Auftrag ist schon beendet.
told-job-again = Nur ein fehlgeschlagener oder abgebrochener Auftrag kann wiederholt werden.

## Bilder

told-art-large = Ein Bild darf höchstens { $max } MB haben.
told-art-small = Dieses Bild hat { $width } mal { $height } Pixel; Podcast-Verzeichnisse verlangen mindestens { $min } mal { $same }. Bitte laden Sie ein größeres hoch.
told-art-empty = Diese Datei ist leer. Bitte wählen Sie ein Bild.
told-art-form = Angenommen werden nur Bilder in JPEG, PNG und WebP. Bitte wandeln Sie es in eines davon um.
told-art-bytes = Dieses Bild ist größer als 64 MB. Bitte laden Sie ein kleineres hoch.
told-art-damaged = Dieses Bild lässt sich nicht lesen; vielleicht ist es beschädigt. Bitte exportieren Sie es noch einmal.
told-art-pixels = Dieses Bild hat zu viele Pixel. Bitte laden Sie eines von höchstens 8000 mal 8000 hoch.
told-art-detail = Dieses Bild hat zu viele Einzelheiten, um für Verzeichnisse klein genug zu werden.
told-art-unsafe = Dieses Bild ließ sich nicht sicher lesen ({ $why }).

## Aufnahmen

told-sound-empty = Diese Datei ist leer. Bitte prüfen Sie sie auf Ihrem Rechner und laden Sie sie noch einmal hoch.
told-sound-playlist = Das ist eine Wiedergabeliste, keine Aufnahme. Bitte laden Sie die Tondatei hoch, auf die sie verweist.
told-sound-text = Das ist eine Textdatei, keine Aufnahme.
told-sound-other = Das ist { $rest }, keine Aufnahme.
told-sound-other-picture = ein Bild
told-sound-other-pdf = ein PDF-Dokument
told-sound-other-archive = ein Archiv
told-sound-other-program = ein Programm
told-sound-form = Dateien der Art { $form } werden nicht angenommen. Bitte wandeln Sie sie in MP3, M4A, WAV, FLAC oder Opus um und laden Sie das hoch.
told-sound-unknown = Das sieht nicht nach einer Aufnahme aus. Angenommen werden MP3, M4A, WAV, FLAC, AIFF, Ogg, Opus, MKV und WebM.
told-sound-damaged = Diese Datei lässt sich nicht dekodieren; vielleicht ist sie beschädigt. Bitte prüfen Sie, ob sie auf Ihrem Rechner spielt, exportieren Sie sie noch einmal und laden Sie das hoch.
told-sound-none = Diese Datei hat keinen Ton. Bitte laden Sie eine Aufnahme mit Tonspur hoch.
told-sound-zero = In dieser Datei ist kein Ton: Sie ist 0 Sekunden lang. Bitte prüfen Sie, ob sie auf Ihrem Rechner spielt.
told-sound-long = Diese Aufnahme ist länger als 24 Stunden. Bitte teilen Sie sie auf.
told-sound-codec = Der Ton dieser Datei ist als { $codec } kodiert, was nicht angenommen wird. Bitte wandeln Sie sie in MP3, AAC, FLAC oder WAV um und laden Sie das hoch.
told-sound-unsafe = Diese Datei ließ sich nicht sicher dekodieren ({ $why }). Speichern Sie sie neu als WAV oder MP3.
told-sound-places = { $count ->
    [one] Eine beschädigte Stelle wurde
   *[other] { $count } beschädigte Stellen wurden
} ausgelassen; bitte hören Sie sich das Ergebnis an.
told-sound-cut = Die Datei endet nach { $has }, obwohl sie { $says } lang sein will; vielleicht ist sie abgeschnitten.
told-sound-silent = In dieser Aufnahme ist kein Ton, nur Stille.
told-sound-quiet = Die Aufnahme ist sehr leise; wird sie lauter, wird auch ihr Rauschen lauter.
told-sound-left = Nur der linke Kanal hat Ton; er ist auf beiden Seiten zu hören.
told-sound-right = Nur der rechte Kanal hat Ton; er ist auf beiden Seiten zu hören.

## Uploads

told-upload-many = Zu viele Uploads dieser Sendung sind unfertig. Schließen Sie einige ab oder brechen Sie sie ab, oder warten Sie, bis sie verfallen.
told-upload-room = Für diese Sendung ist noch Platz für { $free }; die Datei hat { $size }.
told-upload-large = Die Datei hat { $size }; der größte Upload ist hier { $max }.
told-upload-show = Die Folge gehört nicht zu dieser Sendung.
told-upload-expired = Dieser Upload lag { $days } Tage lang still und ist verfallen. Bitte beginnen Sie ihn neu.
told-upload-busy = Eine andere Verbindung sendet gerade diesen Upload. Wenn sie endet, geht es von selbst weiter.
told-upload-damaged = Die Daten kamen beschädigt an und wurden nicht behalten. Bitte senden Sie sie noch einmal.
told-upload-disk = Die Platte des Servers ist voll. Was angekommen ist, bleibt erhalten; bitte versuchen Sie es später noch einmal oder sagen Sie der Verwaltung Bescheid.
told-no-room = Die Platte des Servers ist voll. Bitte schaffen Sie dort Platz oder bitten Sie die Verwaltung darum, und versuchen Sie es dann noch einmal.
told-upload-broken = Die Verbindung ist abgerissen. Bitte setzen Sie den Upload fort.

## Transkripte

told-transcript-big = Das Transkript ist größer als 8 MiB; laden Sie es in Teilen hoch oder entfernen Sie die Wortzeiten
told-transcript-many = Das Transkript hat mehr als 100.000 Einträge; fassen Sie kurze zusammen
told-transcript-text = Die Datei ist kein Text in UTF-8 (Zeile { $line }); speichern Sie sie als UTF-8 und laden Sie sie noch einmal hoch
told-transcript-form = Das ist weder WebVTT noch SRT noch Podcast-JSON; exportieren Sie das Transkript in einem davon
told-transcript-empty = Das Transkript enthält keinen Text
told-transcript-line = Zeile { $line }: { $rest }
told-transcript-segment = Segment { $number }: { $rest }
told-cue-json = das ist kein Podcast-Transkript in JSON ({ $why })
told-cue-times = eine Zeit liegt vor 0 oder nach 1000 Stunden; Zeiten stehen in Sekunden
told-cue-backwards = es endet, bevor es beginnt; vertauschen Sie startTime und endTime
told-cue-expected = erwartet wird eine Zeitzeile wie 00:00:01.000 --> 00:00:02.500
told-cue-pair = das ist kein Paar von Zeiten; schreiben Sie 00:00:01.000 --> 00:00:02.500
told-cue-swap = der Eintrag endet, bevor er beginnt; vertauschen Sie die Zeiten

## Personen und Konten

told-sign-in = Bitte melden Sie sich zuerst an.
told-sign-in-wrong = Adresse oder Passwort stimmt nicht. Nach fünf Versuchen müssen Sie einige Minuten warten.
told-sign-in-disabled = Dieses Konto ist gesperrt. Wenden Sie sich an die Verwaltung dieser Website.
told-sign-in-often = Das wurde zu oft versucht. Bitte warten Sie einige Minuten und versuchen Sie es noch einmal.
told-sign-in-many = Gerade melden sich viele an. Bitte versuchen Sie es noch einmal.
told-sign-in-plain = Zum Anmelden braucht es https, weil ein Passwort nicht unverschlüsselt übertragen werden darf. Öffnen Sie diese Website unter ihrer https-Adresse oder auf dem Rechner selbst als http://127.0.0.1. Wer die Website betreibt, gibt ihr ein Zertifikat (tls in rostrum.toml) oder setzt public_url auf die https-Adresse des vorgeschalteten Proxys.
told-other-site = Das kam von einer anderen Website. Öffnen Sie die Seite hier und versuchen Sie es noch einmal.
told-password-now = Das ist nicht Ihr bisheriges Passwort.
told-no-mail = Diese Website kann keine E-Mails verschicken. Bitten Sie die Verwaltung um einen Link.
told-address-taken = Zu dieser Adresse gibt es schon ein Konto.
told-address-own = Das ist bereits Ihre Adresse.
told-address-owner = Zu dieser Adresse gibt es schon ein Konto; nehmen Sie für die Leitung eine andere.
told-address-nobody = Zu dieser Adresse gibt es hier niemanden; bitten Sie die Verwaltung um eine Einladung.
told-role-show = Ihre Rolle in dieser Sendung erlaubt das nicht; wenden Sie sich an die Sendungsleitung.
told-role-people = Personen verwaltet nur die Verwaltung.
told-role-admins = Verwaltung und Leitung verwaltet nur die Leitung.
told-role-audit = Das Protokoll liest nur die Verwaltung.
told-account-disabled = Dieses Konto ist gesperrt; geben Sie es zuerst frei.
told-account-own = Ihr eigenes Konto können Sie nicht sperren; das muss jemand anderes tun.
told-account-last = Das ist die letzte Leitung; machen Sie zuerst jemand anderen zur Leitung.
told-token-days = Geben Sie eine Zahl von Tagen an.
told-token-scope = Wählen Sie mindestens eines, was dieses Token darf.
told-token-many = Sie haben { $max } Token; widerrufen Sie eines, das Sie nicht brauchen.

## Räume

told-room-seats = Eine Bühne hat 1 bis { $max } Plätze.
told-room-delay = Eine Verzögerung dauert { $min } bis { $max } Sekunden, oder 0 für keine.
told-room-slow = Der Langsammodus wartet höchstens { $max } Sekunden.
told-room-name = Sagen Sie uns den Namen, den andere sehen.
told-stems-none = Zu dieser Episode gibt es keine Aufnahme der einzelnen Stimmen, oder sie wird gerade noch abgelegt; versuchen Sie es später noch einmal.
told-erase-none = Zu dieser Episode gibt es kein Journal eines Raums, aus dem gelöscht werden kann, oder es wird gerade noch abgelegt; versuchen Sie es später noch einmal.
told-erase-order = Das Ende muss hinter dem Anfang liegen.
told-erase-all = Sagen Sie, wer oder von wann bis wann; um alles zu entfernen, löschen Sie die Episode.
told-erase-nobody = Niemand mit dieser Kennung war in diesem Raum.
told-erase-time = Schreiben Sie eine Zeit wie 1:02:03 oder 2:03.5.
told-erase-list = Wählen Sie jemanden aus der Liste.
told-copy-not-ended = Der Raum ist noch offen; was fehlt, wird angenommen, wenn er zu Ende ist.
told-copy-late = Für diese Aufnahme ist es zu spät.
told-copy-not-yet = Die Aufnahme wird noch abgelegt; versuchen Sie es gleich noch einmal.
told-copy-closed = Diese Aufnahme nimmt nichts mehr an.
told-copy-bad = Das ist kein Teil einer Kopie.
told-copy-busy = Was vorher kam, wird noch hinzugefügt; versuchen Sie es in ein paar Minuten noch einmal.
told-room-ended = Dieser Raum ist zu Ende.
told-room-grant = Ein Zutritt gilt eine Stunde bis ein Jahr.
told-room-not-open = Dieser Raum ist nicht offen.
told-invite-lasts = Eine Einladung gilt eine Stunde bis ein Jahr.
told-invites = Ein Raum hat höchstens { $max } Einladungen.
told-invite-unknown = Diese Einladung ist nicht bekannt; öffnen Sie den ganzen Link, den Sie bekommen haben.
told-invite-revoked = Diese Einladung wurde zurückgezogen; bitten Sie die Moderation um eine neue.
told-invite-expired = Diese Einladung ist abgelaufen; bitten Sie die Moderation um eine neue.
told-room-unopened = Dieser Raum wurde nie geöffnet; löschen Sie ihn stattdessen.
told-room-slower = Das war zu viel auf einmal; bitte warten Sie ein paar Sekunden.
told-chat-line = Eine Zeile hat 1 bis { $max } Zeichen reinen Text.
told-ingest-key = Das ist nicht der Einspeiseschlüssel des Raums; seine Gastgeber finden ihn auf seiner Seite.
told-room-sign-in = Melden Sie sich an oder öffnen Sie die Einladung, die Sie bekommen haben.
told-room-page-first = Öffnen Sie zuerst die Seite des Raums: Dafür braucht es den Zutritt, den sie gibt.
told-room-title = Zu viele Räume haben diesen Titel; wählen Sie einen anderen.
told-room-slug = Diese Adresse hat schon ein anderer Raum; wählen Sie eine andere.
told-room-open-facts = Plätze, Verzögerung, Chat, Meldungen und Zeiten lassen sich nur ändern, bevor der Raum offen ist.
told-room-busy = Dieser Raum ist offen, oder seine Folge entsteht gerade. Beenden Sie ihn, warten Sie auf die Folge und löschen Sie ihn dann.
told-room-like = Dieser Name gleicht zu sehr dem von jemandem auf der Bühne; bitte wählen Sie einen anderen.
told-room-one-host = Ein Raum hat eine Moderation; laden Sie zur Mitleitung ein und übergeben Sie den Raum.
told-room-elsewhere = Diese Einladung gilt für einen anderen Raum; öffnen Sie den Link noch einmal.
told-invite-used = Diese Einladung hat schon jemand benutzt; bitten Sie um eine eigene.
told-stage-away = Die Bühne ist im Moment nicht da. Bitte versuchen Sie es in wenigen Sekunden noch einmal.
told-missing-invitation = Einladung
told-missing-replay = Wiederholung
told-missing-playlist = Wiedergabeliste
told-missing-line = Zeile
told-missing-participant = Teilnahme
told-trim-none = Es gibt noch keine Aufnahme, die man schneiden könnte.
told-trim-before = Vor dem Anfang gibt es nichts, was bleiben könnte.
told-trim-behind = Hinter dem Ende gibt es nichts, was bleiben könnte.
told-trim-second = Mindestens eine Sekunde der Aufnahme muss bleiben.
told-recording-busy = An der Aufnahme wird noch gearbeitet; versuchen Sie es wieder, wenn das getan ist.
told-remaster-none = Zu dieser Episode gibt es kein Journal eines Raums, aus dem gemischt werden kann, oder es wird gerade noch abgelegt; versuchen Sie es später noch einmal.
told-remaster-live = Angeboten wird schon die Mischung, die während der Sendung entstand.
