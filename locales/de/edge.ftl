# Was die Eingangstür selbst sagt, wenn sie eine Anfrage nicht weitergeben kann.

edge-not-understood = Diese Anfrage war nicht zu verstehen
edge-not-offered = Das gibt es hier nicht
edge-too-large = Das ist zu groß
edge-too-slow = Das hat zu lange gebraucht
edge-back-soon = Gleich wieder da
edge-host = Die Anfrage muss genau einen Host nennen.
edge-target = Die Adresse muss ein Pfad sein, der mit einem Schrägstrich beginnt.
edge-broken = Die mitgeschickten Daten waren unvollständig. Bitte senden Sie sie noch einmal.
edge-method = Dieser Server beantwortet nur gewöhnliche Web-Anfragen.
edge-too-large-text = Große Dateien gehen über die Upload-Seite, die sie in Stücken sendet.
edge-too-slow-text = Die Verbindung stand zu lange still. Bitte versuchen Sie es noch einmal.
edge-web-down = Dieser Teil der Website startet gerade neu. Bitte versuchen Sie es in ein paar Sekunden noch einmal.
edge-web-slow = Dieser Teil der Website ist gerade ausgelastet. Bitte versuchen Sie es in ein paar Sekunden noch einmal.
edge-request = Anfrage { $id }
