# Was Hörerinnen und Hörer sehen: Startseite, Sendungen, Folgen, Suche, eingebetteter Player.

## Startseite

home-newest = Neu bei <a href="{ $path }" dir="auto">{ $show }</a>
home-empty-house = Das Haus ist bereit und noch still. Legen Sie die erste Sendung an, laden Sie eine Aufnahme hoch, und diese Seite wird zur Eingangstür.
home-first-show = Erste Sendung anlegen
home-empty = Hier ist noch nichts veröffentlicht. Wenn das Ihr Haus ist, melden Sie sich an und legen Sie die erste Sendung an; den Link zum Einrichten gibt der Server beim Start aus.
home-shows = Sendungen
home-latest = Neueste Folgen

## Eine Sendung

show-artwork = Cover dieser Sendung
show-by = von { $author }
show-play-newest = Neueste Folge abspielen
show-play-first = Von Anfang an hören
show-edit = Bearbeiten
show-episodes = Folgen
show-no-episodes = Noch ist keine Folge erschienen. Abonnieren Sie unten, und die erste kommt von selbst zu Ihnen.
show-about-aria = Über diese Sendung
show-subscribe = Abonnieren
show-qr = QR-Code mit der Adresse des Feeds
show-qr-help = Jede Podcast-App nimmt diese Adresse. Mit der Kamera des Telefons holen Sie sie über den Code herüber.
show-copy-feed = RSS kopieren
show-open-feed = Feed öffnen
show-about = Worum es geht
show-website = Website
show-people = Mitwirkende
show-support = Unterstützen
show-podroll = Hier hören sie selbst zu

## Eine Folge

episode-player = Player
episode-position = Stelle in der Folge
episode-back = 15 Sekunden zurück
episode-forward = 30 Sekunden vor
episode-speed = Tempo
episode-share = Teilen
episode-download = Herunterladen
episode-parts = Teile dieser Seite
episode-notes = Shownotes
episode-chapters = Kapitel
episode-transcript = Transkript
episode-no-notes = Zu dieser Folge gibt es keine Shownotes; sie spricht für sich.
episode-people = Mitwirkende
episode-link = Mehr zu dieser Folge
episode-chapter-page = Seite zu { $title }
episode-find = Im Transkript suchen
episode-chat-begins = Was die Leute während der Sendung schrieben, erscheint beim Abspielen wieder.
episode-find-short = Suchen
episode-follow = Mitlaufen
episode-transcript-text = Text des Transkripts
episode-transcript-files = Als Datei:
episode-others = Weitere Folgen
episode-before = Davor
episode-after = Danach
episode-silent = Diese Folge lässt sich gerade nicht abspielen. <a href="{ $path }" target="_blank" rel="noopener">Auf ihrer Seite</a> finden Sie mehr.

## Eine Folge teilen

share = Teilen
share-link = Link
share-at = Ab <time data-share-time>0:00</time> abspielen
share-copy-link = Link kopieren
share-app = An eine App senden
share-embed = Code für eine andere Seite
share-copy-code = Code kopieren

## Suche

search = Suche
search-site = Diese Website durchsuchen
search-what = Wonach suchen Sie?
search-example = Ein Wort, ein Name, ein Satz, der gefallen ist
search-help = Durchsucht Titel, Shownotes und jedes Wort der Transkripte. Ein Treffer im Transkript führt auf die Sekunde genau dorthin.
search-none = Nichts gefunden zu „{ $query }“
search-none-help = Versuchen Sie es mit weniger oder anderen Wörtern. Akzente und Großschreibung spielen keine Rolle.
search-best = Die { $count } besten Folgen mit „{ $query }“; mehr Wörter grenzen die Suche ein
search-found = { $count ->
    [one] { $count } Folge mit „{ $query }“
   *[other] { $count } Folgen mit „{ $query }“
}
