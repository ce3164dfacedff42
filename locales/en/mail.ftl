# Letters.

mail-reset = Choose a new password
mail-reset-text =
    Hello { $name },

    somebody, probably you, asked for a new password on { $site }.
    This link lets you choose one. It works once, for an hour:

    { $url }

    If it was not you, there is nothing to do: your password stays as it is.
mail-invite = An invitation
mail-invite-text =
    Hello,

    you are invited to make shows on { $site }.
    This link lets you choose a name and a password. It works once, for a week:

    { $url }

    If you do not know what this is about, please disregard this letter.
mail-email = Confirm your new address
mail-email-text =
    Hello { $name },

    somebody, probably you, asked to sign in on { $site } with this address.
    This link confirms it. It works once, for a day:

    { $url }

    If it was not you, there is nothing to do.
mail-email-changed = Your address was changed
mail-email-changed-text =
    Hello { $name },

    your account on { $site } now has the address { $address }.
    You sign in with that one from now on.

    If it was not you, please tell an administrator of the site at once.
