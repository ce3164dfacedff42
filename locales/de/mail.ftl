# Briefe.

mail-reset = Neues Passwort wählen
mail-reset-text =
    Hallo { $name },

    jemand, vermutlich Sie selbst, hat für { $site } ein neues Passwort angefordert.
    Mit diesem Link können Sie eines wählen. Er gilt einmal und eine Stunde lang:

    { $url }

    Falls Sie das nicht waren, müssen Sie nichts tun: Ihr Passwort bleibt, wie es ist.
mail-invite = Eine Einladung
mail-invite-text =
    Guten Tag,

    Sie sind eingeladen, auf { $site } Sendungen zu machen.
    Mit diesem Link wählen Sie einen Namen und ein Passwort. Er gilt einmal und eine Woche lang:

    { $url }

    Falls Sie damit nichts anfangen können, betrachten Sie diesen Brief bitte als gegenstandslos.
mail-email = Neue Adresse bestätigen
mail-email-text =
    Hallo { $name },

    jemand, vermutlich Sie selbst, möchte sich auf { $site } mit dieser Adresse anmelden.
    Dieser Link bestätigt sie. Er gilt einmal und einen Tag lang:

    { $url }

    Falls Sie das nicht waren, müssen Sie nichts tun.
mail-email-changed = Ihre Adresse wurde geändert
mail-email-changed-text =
    Hallo { $name },

    Ihr Konto auf { $site } hat jetzt die Adresse { $address }.
    Von nun an melden Sie sich mit dieser an.

    Falls Sie das nicht waren, sagen Sie bitte sofort der Verwaltung der Website Bescheid.
